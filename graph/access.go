package graph

import (
	"maps"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
	"parley/graph/operation"
)

// authorizeChanges refuses changes of applyChanges of which one needs a greater role than who asks has: each needs the
// role that it needs alone.
func authorizeChanges(schema *ast.Schema, f *operation.Field, input map[string]any, who content.Principal) error {
	if f.Name != "applyChanges" {
		return nil
	}
	refuse := func(what, path string, need content.Role) error {
		err := content.Errorf(content.Forbidden, "%s needs role %s: the token %s has role %s", what, need, who.Name, who.Role)
		err.Field, err.Details = path, map[string]any{"role": need}
		return operation.InField(f, err)
	}
	publishes := operation.RoleFor(schema.Mutation.Fields.ForName("publishContent"))
	if input["includeSources"] == true && !who.Role.May(publishes) {
		return refuse("includeSources", "input.includeSources", publishes)
	}
	for i, v := range operation.List(input["changes"]) {
		change, _ := v.(map[string]any)
		path := "input.changes." + strconv.Itoa(i) + "."
		if change["publish"] == true && !who.Role.May(publishes) {
			return refuse("publish", path+"publish", publishes)
		}
		for _, name := range slices.Sorted(maps.Keys(change)) {
			def := schema.Mutation.Fields.ForName(name)
			if def == nil || change[name] == nil || who.Role.May(operation.RoleFor(def)) {
				continue
			}
			return refuse(name, path+name, operation.RoleFor(def))
		}
	}
	return nil
}
