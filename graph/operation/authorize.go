package operation

import (
	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
)

// TokenNeeded begins the refusal of a field to whom has no token.
const TokenNeeded = "a token is needed"

// Authorize returns an error for a program with a field that the principal may not use: the directive @access names the role.
// Fields that @skip leaves out are not part of a program and need no role.
func (p *Program) Authorize(who content.Principal) error {
	for _, f := range p.guarded {
		need := RoleFor(f.Def)
		if who.Role.May(need) {
			continue
		}
		err := content.Errorf(content.Unauthenticated, TokenNeeded+" for %s: send Authorization: Bearer parley_... of role %s", f.Name, need)
		if who.Token != 0 {
			err = content.Errorf(content.Forbidden, "%s needs role %s: the token %s has role %s", f.Name, need, who.Name, who.Role)
		}
		err.Details = map[string]any{"role": need}
		return InField(f, err)
	}
	return nil
}

// RoleFor is the least role that may use a field.
func RoleFor(def *ast.FieldDefinition) content.Role {
	if dir := def.Directives.ForName("access"); dir != nil {
		return content.Role(dir.Arguments.ForName("role").Value.Raw)
	}
	return content.Nobody
}
