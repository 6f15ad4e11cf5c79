package graph

import (
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
	"parley/graph/operation"
)

// authorizeChanges refuses an input of which a part needs a greater role than the principal has: an item that is public at once
// needs the role of publishContent, and each change of applyChanges the role that it needs alone.
func authorizeChanges(schema *ast.Schema, f *operation.Field, input map[string]any, who content.Principal) error {
	refuse := func(what, path string, need content.Role) error {
		err := content.Errorf(content.Forbidden, "%s needs role %s: the token %s has role %s", what, need, who.Name, who.Role)
		err.Field, err.Details = path, map[string]any{"role": need}
		return operation.InField(f, err)
	}
	publishes := operation.RoleFor(schema.Mutation.Fields.ForName("publishContent"))
	for _, name := range []string{"publish", "includeSources"} {
		if input[name] == true && !who.Role.May(publishes) {
			return refuse(name, "input."+name, publishes)
		}
	}
	for i, v := range operation.List(input["changes"]) {
		change, _ := v.(map[string]any)
		for name, v := range change { // it has one field
			path := "input.changes." + strconv.Itoa(i) + "." + name
			if need := operation.RoleFor(schema.Mutation.Fields.ForName(name)); !who.Role.May(need) {
				return refuse(name, path, need)
			}
			if created, _ := v.(map[string]any); created["publish"] == true && !who.Role.May(publishes) {
				return refuse("publish", path+".publish", publishes)
			}
		}
	}
	return nil
}
