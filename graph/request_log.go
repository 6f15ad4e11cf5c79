package graph

import (
	"context"
	"fmt"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
	"parley/internal/requestlog"
)

// note says in the log which operation is asked for.
func (p prepared) note(ctx context.Context) {
	n := requestlog.Of(ctx)
	if n == nil || p.document == nil {
		return
	}
	known := p.document.Asked.Swap(true)
	n.Add(func(f *requestlog.Facts) {
		f.Document, f.Known, f.Trusted, f.Cost = p.document.Hash, known, p.document.Trusted, p.price.Objects
		if p.op != nil {
			f.Name, f.Kind = p.op.Name, string(p.op.Operation)
		}
	})
}

// facts are what the log says of an answer whenever it is sent.
func (a response) facts(p prepared) requestlog.Facts {
	return requestlog.Facts{
		Name: p.op.Name, Kind: string(p.op.Operation), Document: p.document.Hash, Known: true, Trusted: p.document.Trusted,
		Cost: p.price.Objects, Objects: rows(a.results), Revision: int64(a.head), Codes: codes(a.errors),
	}
}

// rows counts what was read.
func rows(results []*content.Result) int {
	n := 0
	for _, res := range results {
		for _, l := range res.Lists {
			n += len(l.Rows)
		}
		n += rows(res.Children)
	}
	return n
}

// note says in the log where an answer comes from.
func (k *cacheEntry) note(ctx context.Context, from requestlog.Source) {
	requestlog.Of(ctx).Add(func(f *requestlog.Facts) {
		was := *f
		*f = k.facts
		f.Known, f.Source, f.Protocol = was.Known || was.Document == "", from, was.Protocol
		f.Token, f.Made = was.Token, was.Made
	})
}

// noteErrors says in the log why an operation was refused.
func noteErrors(ctx context.Context, errs gqlerror.List) {
	requestlog.Of(ctx).Add(func(f *requestlog.Facts) {
		f.Codes = append(f.Codes, codes(errs)...)
	})
}

// codes are the codes of errors.
func codes(errs gqlerror.List) []string {
	var list []string
	for _, e := range errs {
		list = append(list, fmt.Sprint(e.Extensions["code"]))
	}
	return list
}

// noteStreamed says in the log that answers go on over the connection.
func noteStreamed(ctx context.Context) {
	requestlog.Of(ctx).Add(func(f *requestlog.Facts) { f.Streamed = true })
}

// noteToken says in the log whose token was shown.
func noteToken(ctx context.Context, who content.Principal) {
	if who.Token != 0 {
		requestlog.Of(ctx).Add(func(f *requestlog.Facts) { f.Token = who.Name })
	}
}

// noteMade says in the log which revision a mutation made.
func noteMade(ctx context.Context, done content.ApplyResult) {
	if !done.Repeated {
		requestlog.Of(ctx).Add(func(f *requestlog.Facts) { f.Made = append(f.Made, int64(done.Revision)) })
	}
}
