package graph_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"parley/graph/gen"
)

// TestSchemaAsData holds that the schema that the program has as data is what reading its text gives, but for where
// things stand in the text.
func TestSchemaAsData(t *testing.T) {
	want := gqlparser.MustLoadSchema(source(t, "../schema.graphqls"))
	delete(want.Directives, "defer") // nothing is deferred
	places := cmpopts.IgnoreTypes(&ast.Position{}, []*ast.Position{}, &ast.CommentGroup{})
	if diff := cmp.Diff(want, gen.Schema(), places, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("run go generate ./...; -want +got:\n%s", diff)
	}
}
