package graph

import (
	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
)

// needs begins the refusal of a field to whom has no token.
const needs = "a token is needed"

// authorize refuses a program with a field that who asks may not use: the directive @access says what role is needed.
// What @skip leaves out is no part of a program and needs nothing.
func (p *program) authorize(who content.Principal) error {
	for _, f := range p.guarded {
		need := roleFor(f.def)
		if who.Role.May(need) {
			continue
		}
		err := content.Errorf(content.Unauthenticated, needs+" for %s: send Authorization: Bearer parley_... of role %s", f.name, need)
		if who.Token != 0 {
			err = content.Errorf(content.Forbidden, "%s needs role %s: the token %s has role %s", f.name, need, who.Name, who.Role)
		}
		err.Details = map[string]any{"role": need}
		return inField(f, err)
	}
	return nil
}

// roleFor is the least role that may use a field.
func roleFor(def *ast.FieldDefinition) content.Role {
	if dir := def.Directives.ForName("access"); dir != nil {
		return content.Role(dir.Arguments.ForName("role").Value.Raw)
	}
	return content.Nobody
}
