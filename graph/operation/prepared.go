package operation

import (
	"context"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/internal/requestlog"
)

// Prepared is an operation that may be executed.
type Prepared struct {
	Document   *Document
	Definition *ast.OperationDefinition
	Variables  map[string]any
	// Price is what it may cost, by its page sizes.
	Price Price
	// Work is what it cost to parse its document, 0 where that was known.
	Work int
	// Uncached is whether the operation asks for its rate limit: its answer is good once.
	Uncached bool
}

// Note says in the log which operation is asked for.
func (p Prepared) Note(ctx context.Context) {
	n := requestlog.Of(ctx)
	if n == nil || p.Document == nil {
		return
	}
	known := p.Document.Asked.Swap(true)
	n.Add(func(f *requestlog.Facts) {
		f.Document, f.Known, f.Trusted, f.Cost = p.Document.Hash, known, p.Document.Trusted, p.Price.Objects
		if p.Definition != nil {
			f.Name, f.Kind = p.Definition.Name, string(p.Definition.Operation)
		}
	})
}
