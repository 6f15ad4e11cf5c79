package graph

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
	"parley/graph/input"
	"parley/graph/jsonbuf"
	"parley/graph/operation"
	"parley/graph/plan"
	"parley/internal/requestlog"
)

// mutation is a field of Mutation with what it writes.
type mutation struct {
	field *operation.Field
	set   content.ChangeSet
	// problems are those of the input; with one, nothing is written.
	problems content.Problems
	// results are what the payload was read from.
	results []*content.Result
	// warnings are what the client should know of it once it is carried out.
	warnings []operation.Warning
	// maxAge is how long shared caches may serve earlier answers.
	maxAge time.Duration
}

// mutate executes the fields of a mutation one after another, each as its own revision. One that fails is null in
// the answer and has its errors beside it; the others stay as they are.
func (s *server) mutate(ctx context.Context, fields []*operation.Field, req operation.Request) (operation.Response, error) {
	if s.Writer == nil {
		return operation.Response{}, content.Errorf(content.Unavailable, "this service is read-only")
	}
	noteToken(ctx, req.Who)
	list, err := s.mutations(fields, req)
	if err != nil {
		return operation.Response{}, err
	}
	var a operation.Response
	e := s.encoder(ctx, jsonbuf.Buffer{})
	next := 0
	err = e.ObjectOf(s.schema.Mutation.Name, fields, func(f *operation.Field) error {
		m := list[next]
		next++
		start := len(e.Text)
		if errs := s.applyMutation(ctx, m, e, req); len(errs) > 0 {
			a.Errors = append(a.Errors, errs...)
			e.Text = append(e.Text[:start], "null"...)
		}
		a.Results = append(a.Results, m.results...)
		a.Warnings = append(a.Warnings, m.warnings...)
		return nil
	})
	a.Data, a.Derived = e.Text, e.Derived
	return a, err
}

// mutations reads the inputs of all fields before any is carried out.
func (s *server) mutations(fields []*operation.Field, req operation.Request) ([]*mutation, error) {
	var list []*mutation
	for _, f := range fields {
		if f.Form == operation.TypeNameForm {
			continue
		}
		values, _ := f.Args["input"].(map[string]any)
		if err := authorizeChanges(s.schema, f, values, req.Who); err != nil {
			return nil, err
		}
		in := &input.Reader{Schema: s.schema, Now: s.Now(), Who: req.Who}
		m := &mutation{field: f, maxAge: s.MaxAge}
		var err error
		if m.set, err = in.ChangeSet(f.Name, values); err != nil {
			return nil, err
		}
		m.problems = in.Problems
		list = append(list, m)
	}
	return list, nil
}

// applyMutation executes a mutation and writes its payload to e, or returns the problems.
func (s *server) applyMutation(ctx context.Context, m *mutation, e *plan.Encoder, req operation.Request) gqlerror.List {
	if len(m.problems) > 0 {
		return s.refusals(ctx, m, m.problems)
	}
	done, err := s.Writer.Apply(ctx, m.set)
	if err != nil {
		return s.refusals(ctx, m, err)
	}
	noteMade(ctx, done)
	m.warnings = s.duplicates.remember(m, req.Who, done, s.Now())
	if err := s.payload(ctx, m, done, e, req); err != nil {
		errs := s.refusals(ctx, m, fmt.Errorf("read the written items: %w", err))
		for _, e := range errs {
			e.Message = fmt.Sprintf("revision %d was written, but the response could not be read: %s", done.Revision, e.Message)
			e.Extensions["revision"] = int64(done.Revision)
		}
		return errs
	}
	return nil
}

// refusals are the errors of a mutation that failed, one for each problem.
func (s *server) refusals(ctx context.Context, m *mutation, err error) gqlerror.List {
	list := []error{err}
	if problems, ok := errors.AsType[content.Problems](err); ok {
		list = problems.Unwrap()
	}
	errs := make(gqlerror.List, 0, len(list))
	for _, err := range list {
		var g *gqlerror.Error
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			g = s.timeoutError()
		} else {
			g = s.Present(ctx, err)
		}
		if path, ok := g.Extensions["input"].(string); ok {
			g.Extensions["input"] = inputPath(path)
		}
		at, _ := g.Extensions["input"].(string)
		g = operation.WithLocation(g, operation.InField(m.field, err), at)
		errs = append(errs, g)
	}
	return errs
}

// inputPath is where the input has what a problem of an item in a list of ids is about: the id, or the field beside it.
func inputPath(path string) string {
	parts := strings.Split(path, ".")
	if len(parts) <= 3 || parts[1] != "ids" {
		return path
	}
	if parts[3] == "ifRevision" {
		return "input.ifRevision"
	}
	return strings.Join(parts[:3], ".")
}

// payload reads what a mutation is asked to answer, as it is since its revision, and writes it.
func (s *server) payload(ctx context.Context, m *mutation, done content.ApplyResult, e *plan.Encoder, req operation.Request) error {
	p := &plan.Planner{Schema: s.schema, Limits: s.Limits, Locales: req.Locales, Who: req.Who, Record: plan.Record{Ctx: ctx, Reader: s.Reader, By: req.Who.Audience()}}
	var sels []*content.Selection
	roots := map[*operation.Field]*plan.Root{}
	for _, f := range m.field.Fields() {
		if len(f.Types) == 0 {
			continue
		}
		r := &plan.Root{Field: f}
		if err := p.IDs(r, plan.ItemIDs(done.Refs)...); err != nil {
			return err
		}
		for _, sel := range r.Sels {
			sel.At = done.Revision
		}
		roots[f] = r
		sels = append(sels, r.Sels...)
	}
	view, err := p.View()
	if err != nil {
		return err
	}
	results, _, err := s.Reader.Read(ctx, view, sels)
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	m.results, e.Locales = results, view.Locales
	return e.Object(m.field, func(f *operation.Field) error {
		r := roots[f]
		if r == nil {
			return e.Outcome(m.set, m.maxAge, done, f)
		}
		answers := results[:len(r.Sels)]
		results = results[len(r.Sels):]
		var there []plan.Item
		for _, id := range r.IDs {
			if it, ok := r.Item(answers, id); ok {
				there = append(there, it)
			}
		}
		write := func(i int) error { return e.Node(there[i].Sel, there[i].Res, there[i].Row, f) }
		switch {
		case f.Def.Type.Elem != nil:
			return e.List(len(there), write)
		case len(there) == 0:
			return e.Null()
		default:
			return write(0)
		}
	})
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
