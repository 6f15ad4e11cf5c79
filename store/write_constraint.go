package store

import (
	"context"
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/content"
)

// refusal is a row that a constraint of the schema refuses. Its text is for the author of the row and names no table, column
// or statement; the cause has what SQLite says of it. The writer checks what it is given before it writes, so that a refusal
// names items and fields; this is the last resort.
type refusal struct {
	said  *content.Error
	cause error
	// unique says that another row has what only one may have.
	unique bool
}

// Error returns the sentence.
func (r *refusal) Error() string { return r.said.Message }

// Unwrap returns the error for the client, and what SQLite says.
func (r *refusal) Unwrap() []error { return []error{r.said, r.cause} }

// constraint translates the failure of a constraint; any other error stays as it is.
func constraint(err error) error {
	failed, ok := errors.AsType[*sqlite.Error](err)
	if !ok || failed.Code()&0xff != sqlite3.SQLITE_CONSTRAINT {
		return err
	}
	r := &refusal{cause: err}
	switch failed.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		r.unique = true
		r.said = content.Errorf(content.Conflict, "another item already has this slug, identifier or position in a list: nothing was written")
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		r.said = content.Errorf(content.Conflict, "an item references an item that does not exist or was deleted: nothing was written")
	case sqlite3.SQLITE_CONSTRAINT_NOTNULL:
		r.said = content.Errorf(content.BadUserInput, "a required value is missing: nothing was written")
	default:
		r.said = content.Errorf(content.BadUserInput, "a value has a form that its field does not accept: nothing was written")
	}
	return r
}

// slugTaken names the item that has the slug of one that a constraint refused; any other error stays as it is.
func (w *writer) slugTaken(ctx context.Context, item content.Item, err error) error {
	if r, ok := errors.AsType[*refusal](err); !ok || !r.unique {
		return err
	}
	key, found := w.slugHolder(ctx, item.Type, item.Slug)
	if found != nil || key == 0 || key == item.Key {
		return err
	}
	return content.Errorf(content.Conflict, "the slug %q is taken: %s has it; choose another, or rename that item first", item.Slug, content.NewID(item.Type.Name, key))
}
