package parleytest

import (
	"database/sql"
	"testing"
)

// Edit runs a statement on a database as another program does.
func Edit(t *testing.T, db, text string, args ...any) {
	t.Helper()
	conn, err := sql.Open("sqlite", "file:"+db)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close() //nolint:errcheck // the statement was run
	if _, err := conn.ExecContext(t.Context(), text, args...); err != nil {
		t.Fatal(err)
	}
}
