package graph

import (
	"context"
	"fmt"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
	"parley/internal/note"
)

// note says in the log which operation is asked for.
func (p prepared) note(ctx context.Context) {
	if p.document == nil {
		return
	}
	known := p.document.asked.Swap(true)
	note.Of(ctx).Add(func(f *note.Facts) {
		f.Document, f.Known, f.Trusted, f.Cost = p.document.hash, known, p.document.trusted, p.cost
		if p.op != nil {
			f.Name, f.Kind = p.op.Name, string(p.op.Operation)
		}
	})
}

// note says in the log where an answer comes from.
func (a answered) note(ctx context.Context, from note.Source) {
	note.Of(ctx).Add(func(f *note.Facts) {
		f.Source, f.Revision, f.Objects = from, int64(a.head), a.objects
	})
}

// noteUnchanged says in the log that the client has its answer.
func noteUnchanged(ctx context.Context, at content.Revision) {
	note.Of(ctx).Add(func(f *note.Facts) { f.Source, f.Revision = note.Unchanged, int64(at) })
}

// noteErrors says in the log why an operation was refused.
func noteErrors(ctx context.Context, errs gqlerror.List) {
	note.Of(ctx).Add(func(f *note.Facts) {
		for _, e := range errs {
			f.Codes = append(f.Codes, fmt.Sprint(e.Extensions["code"]))
		}
	})
}

// noteStreamed says in the log that answers go on over the connection.
func noteStreamed(ctx context.Context) {
	note.Of(ctx).Add(func(f *note.Facts) { f.Streamed = true })
}
