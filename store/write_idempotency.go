package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"parley/content"
)

// outcome is the stored result of a revision, for repeated requests with its idempotency key.
type outcome struct {
	Refs    []content.Ref `json:"refs,omitempty"`
	Deleted []content.Ref `json:"deleted,omitempty"`
	Moved   []content.Ref `json:"moved,omitempty"`

	Undone []content.Undone `json:"undone,omitempty"`
	Kept   []content.Kept   `json:"kept,omitempty"`

	Annotated *content.Annotation `json:"annotated,omitempty"`
	Redacted  *content.Redacted   `json:"redacted,omitempty"`
}

// repeated finds what an earlier request under the same idempotency key did. Another input under it is a CONFLICT.
func (w *writer) repeated(ctx context.Context, set content.ChangeSet) (content.ApplyResult, bool, error) {
	if set.Idempotency.Key == "" {
		return content.ApplyResult{}, false, nil
	}
	const find = "SELECT number, input, outcome FROM revision WHERE token = $1 AND mutation = $2 AND idempotency_key = $3"
	var rev content.Revision
	var input, kept string
	err := w.scan(ctx, find, []any{set.Token, set.Idempotency.Mutation, set.Idempotency.Key}, []any{&rev, &input, &kept})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return content.ApplyResult{}, false, nil
	case err != nil:
		return content.ApplyResult{}, false, fmt.Errorf("find the idempotency key: %w", err)
	case input != set.Idempotency.Input:
		problem := content.Errorf(content.Conflict, "the idempotency key was used for another input, at revision %d: use a new key for a new request", rev)
		problem.Field, problem.Details = "input.idempotencyKey", map[string]any{"revision": int64(rev)}
		return content.ApplyResult{}, false, content.Problems{problem}
	}
	var o outcome
	if err := json.Unmarshal([]byte(kept), &o); err != nil { //nolint:musttag // only this file reads it
		return content.ApplyResult{}, false, fmt.Errorf("read the response of revision %d: %w", rev, err)
	}
	return content.ApplyResult{Revision: rev, Made: true, Refs: o.Refs, Deleted: o.Deleted, PublicationChanged: o.Moved, Undone: o.Undone, Kept: o.Kept, Annotated: o.Annotated, Redacted: o.Redacted, Repeated: true}, true, nil
}

// remember keeps the answer under the idempotency key, in the row of the revision.
func (w *writer) remember(ctx context.Context, set content.ChangeSet, done content.ApplyResult) error {
	if set.Idempotency.Key == "" || done.Revision != w.rev {
		return nil
	}
	b, err := json.Marshal(outcome{done.Refs, done.Deleted, done.PublicationChanged, done.Undone, done.Kept, done.Annotated, done.Redacted}) //nolint:musttag // only this file reads it
	if err != nil {
		return fmt.Errorf("encode the response: %w", err)
	}
	const keep = "UPDATE revision SET idempotency_key = $1, mutation = $2, input = $3, outcome = $4 WHERE number = $5"
	if _, err := w.exec(ctx, keep, set.Idempotency.Key, set.Idempotency.Mutation, set.Idempotency.Input, string(b), w.rev); err != nil {
		return fmt.Errorf("store the response: %w", err)
	}
	return nil
}
