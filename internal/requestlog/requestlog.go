// Package requestlog collects facts about a request while it is answered, for logs, metrics and traces. The code that
// answers it finds the [Note] in the context; without one, notes are dropped.
package requestlog

import (
	"context"
	"sync"
	"time"
)

// maxStatements is how many statements of an operation are noted in full; the rest is counted.
const maxStatements = 64

// Source says where an answer comes from.
type Source string

// The sources of answers.
const (
	Executed  Source = "executed"  // it was read and written for this request
	Cached    Source = "cached"    // it was made for an earlier request
	Unchanged Source = "unchanged" // the client has it
)

// Facts are what is known of an operation.
type Facts struct {
	// Name is the name of the operation, empty where it has none; Kind is query, mutation or subscription, empty where
	// none was found.
	Name, Kind string
	// Document is the SHA-256 of the document, in hexadecimal; Known says whether it was parsed before, Trusted whether it
	// is a trusted one.
	Document       string
	Known, Trusted bool
	// Cost is what the operation may ask for, Objects how many rows were read for it.
	Cost, Objects int
	// Revision is the one that the answer was read at, 0 where there is none.
	Revision int64
	Source   Source
	// Token is the name of the token that was shown, empty where there was none.
	Token string
	// Made are the revisions that a mutation made.
	Made []int64
	// Protocol is what the operation came by beneath the request, empty where the request has no other.
	Protocol string
	// Codes are the codes of its errors.
	Codes []string
	// Streamed says that answers went on over a connection, so that its duration says nothing.
	Streamed bool
}

// Statement is a statement of SQL that was run.
type Statement struct {
	Text  string
	Args  []any
	Begin time.Time
	Took  time.Duration
}

// Note gathers the facts. It is safe for use by many goroutines; a nil Note ignores notes.
type Note struct {
	id         string
	parts      Parts
	mu         sync.Mutex
	facts      Facts
	statements []Statement
	count      int
}

type key struct{}

// Parts is called when one of several operations of a request begins, and the function that it returns when that is over: with the
// status that the operation by itself would have, and the bytes that it was answered with.
type Parts func(part *Note) (over func(status int, bytes int64))

// With returns a context with a new note of the request of that name. Where parts is nil, parts are not reported.
func With(ctx context.Context, id string, parts Parts) (context.Context, *Note) {
	n := &Note{id: id, parts: parts}
	return context.WithValue(ctx, key{}, n), n
}

// Part returns a context with a note for one of several operations of the request that ctx belongs to. The function is
// called when it is over.
func Part(ctx context.Context, protocol string) (part context.Context, over func(status int, bytes int64)) {
	whole := Of(ctx)
	if whole == nil || whole.parts == nil {
		return ctx, func(int, int64) {}
	}
	n := &Note{id: whole.id, facts: Facts{Protocol: protocol}}
	return context.WithValue(ctx, key{}, n), whole.parts(n)
}

// Of returns the note of the context, or nil.
func Of(ctx context.Context) *Note {
	n, _ := ctx.Value(key{}).(*Note)
	return n
}

// ID returns the name of the request.
func (n *Note) ID() string {
	if n == nil {
		return ""
	}
	return n.id
}

// Add lets f change the facts.
func (n *Note) Add(f func(*Facts)) {
	if n == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	f(&n.facts)
}

// Facts returns what was noted so far.
func (n *Note) Facts() Facts {
	if n == nil {
		return Facts{}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.facts
}

// Ran notes a statement.
func (n *Note) Ran(s Statement) {
	if n == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count++
	if len(n.statements) < maxStatements {
		n.statements = append(n.statements, s)
	}
}

// Statements returns the first statements in the order that they ended, and how many there were in all.
func (n *Note) Statements() ([]Statement, int) {
	if n == nil {
		return nil, 0
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.statements, n.count
}
