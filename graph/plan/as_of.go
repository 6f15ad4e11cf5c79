package plan

import (
	"context"
	"fmt"
	"time"

	"parley/content"
	"parley/graph/operation"
)

// Record finds the revisions that arguments name.
type Record struct {
	Ctx    context.Context //nolint:containedctx // of the one operation that is planned
	Reader revisions
	By     content.Audience
}

// revisions find the revisions of the record.
type revisions interface {
	Heads(ctx context.Context) (content.Heads, error)
	RevisionAt(ctx context.Context, t time.Time, by content.Audience) (content.Revision, error)
	Record() string
}

// moment reads the arguments asOf and atRevision: the revision that they name, or 0 where there is neither. At is
// their path in the input.
func (r Record) moment(args map[string]any, at string) (content.Revision, error) {
	when, dated := args["asOf"].(string)
	number, numbered := args["atRevision"]
	numbered = numbered && number != nil
	switch {
	case dated && numbered:
		return 0, badArgument(at+"atRevision", "asOf and atRevision cannot be combined: give one of them")
	case dated:
		t, err := time.Parse(time.RFC3339, when)
		if err != nil {
			return 0, badArgument(at+"asOf", "%.40q is not a time: write it like 2024-03-03T18:00:00Z", when)
		}
		rev, err := r.Reader.RevisionAt(r.Ctx, t, r.By)
		if known, ok := err.(*content.Error); ok { //nolint:errorlint // it is made there and not wrapped
			return 0, badArgument(at+"asOf", "%s", known.Message)
		}
		if err != nil {
			return 0, fmt.Errorf("find the revision of %s: %w", when, err)
		}
		return rev, nil
	case numbered:
		return r.numbered(number, at+"atRevision")
	}
	return 0, nil
}

// numbered is the revision with a number that an argument gives.
func (r Record) numbered(number any, at string) (content.Revision, error) {
	n, _ := number.(int64)
	heads, err := r.Reader.Heads(r.Ctx)
	if err != nil {
		return 0, fmt.Errorf("read the newest revision: %w", err)
	}
	head := heads.Of(r.By)
	if n < 1 || n > int64(head) {
		return 0, badArgument(at, "there is no revision %d: the record has revisions 1 to %d", n, head)
	}
	return content.Revision(n), nil
}

// Past plans that a root field reads the record as it was, where its arguments say so. It answers for what is planned
// until the next root field.
func (p *Planner) Past(f *operation.Field) (err error) {
	p.At, err = p.Record.moment(f.Args, "")
	return err
}

// viewOf returns the revision that an id is read at: its own, or that of the arguments beside it. Input is the path of the id
// in the arguments.
func (p *Planner) viewOf(id content.ID, input string) (*content.Type, content.Key, content.Revision, error) {
	t, key, at, err := id.SplitView()
	switch {
	case err != nil:
		return nil, 0, 0, operation.AtInput(err, input)
	case at == 0:
		return t, key, p.At, nil
	case p.At != 0 && p.At != at:
		return nil, 0, 0, badArgument(input, "%s names revision %d, and the arguments name revision %d: omit one of them", id, at, p.At)
	}
	_, err = p.Record.numbered(int64(at), input)
	return t, key, at, err
}
