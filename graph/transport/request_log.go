package transport

import (
	"context"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/graph/operation"
	"parley/internal/requestlog"
)

// noteErrors notes for the log why an operation was refused.
func noteErrors(ctx context.Context, errs gqlerror.List) {
	requestlog.Of(ctx).Add(func(f *requestlog.Facts) {
		f.Codes = append(f.Codes, operation.Codes(errs)...)
	})
}

// NoteStreamed notes for the log that the connection carries a stream.
func NoteStreamed(ctx context.Context) {
	requestlog.Of(ctx).Add(func(f *requestlog.Facts) { f.Streamed = true })
}
