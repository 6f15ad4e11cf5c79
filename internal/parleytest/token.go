package parleytest

import (
	"testing"
	"time"

	"parley/content"
	"parley/store"
)

// Token returns a token of nadia for a database that no server uses yet. It does not expire.
func Token(t *testing.T, db string, role content.Role) string {
	t.Helper()
	st, err := store.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	token, err := st.CreateToken(t.Context(), "nadia", role, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	return token
}
