package content

import (
	"slices"
	"time"
)

// Role says what the holder of a token may do; each role may do what those before it may.
type Role string

// The roles, from the one with the fewest rights. Nobody is a reader without a token.
const (
	Nobody    Role = ""
	Viewer    Role = "VIEWER"
	Editor    Role = "EDITOR"
	Publisher Role = "PUBLISHER"
	Admin     Role = "ADMIN"
)

// Values returns the roles that a token can have, from the one that may least.
func (Role) Values() []string {
	return []string{string(Viewer), string(Editor), string(Publisher), string(Admin)}
}

// May reports whether r may do what needs the role.
func (r Role) May(need Role) bool {
	order := append([]string{""}, r.Values()...)
	return slices.Index(order, string(r)) >= slices.Index(order, string(need))
}

// Principal is the identity of a request.
type Principal struct {
	// Token is the number of the token, 0 without one.
	Token int64
	Name  string
	Role  Role
	// Expires is when the token ends; zero where it does not.
	Expires time.Time
}

// Audience is what the holder sees.
func (i Principal) Audience() Audience {
	if i.Role.May(Viewer) {
		return Staff
	}
	return Public
}
