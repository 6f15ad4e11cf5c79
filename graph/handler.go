package graph

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
	"parley/graph/jsonbuf"
	"parley/graph/operation"
	"parley/graph/plan"
	"parley/graph/transport"
	"parley/internal/crash"
	"parley/internal/ratelimit"
)

// Prepare prepares an operation once there is room for it, within the time that an operation may take, and charges
// what it costs to parse its document. An operation of a known document without variables takes no room: there is nothing to
// parse or to coerce, and a client that has the response already gets 304 while the service is busy.
func (s *server) Prepare(ctx context.Context, req operation.Request, b *transport.Bill) (operation.Prepared, gqlerror.List) {
	if len(req.Variables) == 0 && s.documents.IsKnown(req) {
		return s.prepare(req)
	}
	ctx, end := within(ctx, s.Limits.Time, s.Now)
	defer end()
	leave, err := s.enter(ctx, req.Client())
	if err != nil {
		return operation.Prepared{}, gqlerror.List{s.NotExecuted(ctx, err)}
	}
	defer leave()
	p, errs := s.prepare(req)
	b.Owe(p.Work)
	if len(errs) == 0 && ctx.Err() != nil {
		errs = gqlerror.List{s.timeoutError()}
	}
	return p, errs
}

// prepare finds the document of a request, chooses its operation and coerces its variables.
func (s *server) prepare(req operation.Request) (operation.Prepared, gqlerror.List) {
	d, work, errs := s.documents.Find(req)
	if d == nil {
		return operation.Prepared{Work: work}, errs
	}
	op := d.AST.Operations.ForName(req.OperationName)
	p := operation.Prepared{Document: d, Definition: op, Work: work}
	switch {
	case op != nil && op.Operation == ast.Mutation && req.Safe:
		return p, gqlerror.List{operation.WithCode(gqlerror.Errorf("mutations must be sent by POST"), "BAD_REQUEST")}
	case len(errs) > 0:
		return p, errs
	case op == nil:
		return p, gqlerror.List{operation.WithCode(gqlerror.Errorf("the document has no operation %q, or several and operationName is missing", operation.Shorten(req.OperationName)), "BAD_REQUEST")}
	}
	p.Uncached = operation.HasRoot(op, "rateLimit")
	if p.Uncached && op.Directives.ForName("live") != nil {
		return p, gqlerror.List{operation.WithCode(gqlerror.Errorf("a live query has no rateLimit: ask for it in an operation of its own"), "BAD_USER_INPUT")}
	}
	c := &operation.Coercion{Schema: s.schema}
	if p.Variables = c.Variables(op, req.Variables); len(c.Faults) > 0 {
		return p, c.Errors("BAD_USER_INPUT", !s.NoIntrospection)
	}
	p.Price = operation.PriceOf(s.schema, s.lists, s.Limits.Cost, op, p.Variables)
	if p.Price.Objects > s.Limits.Cost {
		return p, gqlerror.List{operation.Exceeded("objects to request, by its page sizes", "cost", s.Limits.Cost, p.Price.Objects)}
	}
	return p, nil
}

// encoder returns one that writes to a buffer, for an operation.
func (s *server) encoder(ctx context.Context, b jsonbuf.Buffer) *plan.Encoder {
	b.Max = s.Limits.Answer
	b.Text = append(b.Text, operation.DataHead...)
	return &plan.Encoder{Buffer: b, Rendering: s.Rendering(ctx)}
}

// Respond executes an operation once there is room for it.
func (s *server) Respond(ctx context.Context, req operation.Request, p operation.Prepared) (operation.Response, *gqlerror.Error) {
	ctx, end := within(ctx, s.Limits.Time, s.Now)
	defer end()
	leave, err := s.enter(ctx, req.Client())
	if err != nil {
		return operation.Response{}, s.NotExecuted(ctx, err)
	}
	defer leave()
	return s.respondAdmitted(ctx, req, p)
}

// RespondAdmitted executes an operation that was let in, within the time of an operation.
func (s *server) RespondAdmitted(ctx context.Context, req operation.Request, p operation.Prepared) (operation.Response, *gqlerror.Error) {
	ctx, end := within(ctx, s.Limits.Time, s.Now)
	defer end()
	return s.respondAdmitted(ctx, req, p)
}

// respondAdmitted executes an operation that was let in, until ctx ends.
func (s *server) respondAdmitted(ctx context.Context, req operation.Request, p operation.Prepared) (operation.Response, *gqlerror.Error) {
	a, err := s.execute(ctx, p, req)
	if err != nil {
		return a, s.NotExecuted(ctx, err)
	}
	a.FixedCost += p.Price.Fixed
	return a, nil
}

// NotExecuted is the error of an operation that was not let in, took too long or failed.
func (s *server) NotExecuted(ctx context.Context, err error) *gqlerror.Error {
	switch {
	case errors.Is(err, ratelimit.ErrBusy):
		return s.overloadedError()
	case ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded):
		return s.timeoutError()
	default:
		return s.Present(ctx, err)
	}
}

// timeoutError is the error of an operation that took too long.
func (s *server) timeoutError() *gqlerror.Error {
	g := gqlerror.Errorf("the operation took longer than %s (limit time): ask for smaller pages, or in several operations", s.Limits.Time)
	g.Extensions = map[string]any{"limit": s.Limits.Time.String(), "limitName": "time"}
	return operation.WithCode(g, "TIMEOUT")
}

// Present turns a failure into what the client may know of it.
func (s *server) Present(ctx context.Context, err error) *gqlerror.Error {
	if known, ok := errors.AsType[*content.Error](err); ok {
		g := operation.WithCode(gqlerror.Errorf("%s", known.Message), string(known.Code))
		if known.Field != "" {
			g.Extensions["input"] = known.Field
		}
		maps.Copy(g.Extensions, known.Details)
		if known.Code == content.Unavailable {
			s.unavailable.Report(ctx, err)
		}
		return operation.WithLocation(g, err, known.Field)
	}
	if fault, ok := errors.AsType[*operation.InputError](err); ok {
		return operation.WithLocation(operation.WithCode(fault.GraphQL(false), "BAD_USER_INPUT"), err, "")
	}
	id := s.requestID(ctx)
	level := slog.LevelError
	if clientGone(ctx, err) {
		level = slog.LevelDebug
	}
	s.Logger.Log(ctx, level, "an operation failed", slog.Any("error", err), slog.String("request_id", id), crash.Stack(err))
	g := operation.WithCode(gqlerror.Errorf("Internal error. The log of the service has the details under the request id."), "INTERNAL")
	g.Extensions["requestId"] = id
	return g
}

// clientGone reports whether an error follows from a client that cancelled its request: it is not reported.
func clientGone(ctx context.Context, err error) bool {
	_, panicked := errors.AsType[*crash.Error](err)
	return !panicked && errors.Is(ctx.Err(), context.Canceled)
}

// requestID is the id by which the log names the request, or empty.
func (s *server) requestID(ctx context.Context) string {
	if s.RequestID == nil {
		return ""
	}
	return s.RequestID(ctx)
}

// execute plans, reads and encodes an operation.
func (s *server) execute(ctx context.Context, o operation.Prepared, req operation.Request) (a operation.Response, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = crash.Recovered(v)
		}
	}()
	program, gathered, err := s.known.Program(s.schema, o.Document, o.Definition, o.Variables, s.Limits.Gathered)
	compiled := gathered / fieldsPerUnit
	defer func() { a.FixedCost += compiled }()
	if err != nil {
		return operation.Response{}, err
	}
	if err := program.Authorize(req.Who); err != nil {
		return operation.Response{}, err
	}
	fields, err := program.Bind(s.schema, o.Variables)
	if err != nil {
		return operation.Response{}, err
	}
	if o.Definition.Operation == ast.Mutation {
		return s.mutate(ctx, fields, req)
	}
	p := &plan.Planner{Schema: s.schema, Limits: s.Limits, Locales: req.Locales, Who: req.Who, Record: plan.Record{Ctx: ctx, Reader: s.Reader, By: req.Who.Audience()}, Log: s.Log}
	roots, err := p.Plan(fields)
	if err != nil {
		return operation.Response{}, err
	}
	var sels []*content.Selection
	for _, r := range roots {
		sels = append(sels, r.Sels...)
	}
	view, err := p.View()
	if err != nil {
		return operation.Response{}, err
	}
	answers, head, err := s.Reader.Read(ctx, view, sels)
	if err != nil {
		return operation.Response{}, plan.SearchFault(roots, fmt.Errorf("read: %w", err))
	}
	e := s.encoder(ctx, s.buffers.Take())
	e.Locales = view.Locales
	next, results := 0, answers
	err = e.ObjectOf(s.schema.Query.Name, fields, func(f *operation.Field) error {
		if strings.HasPrefix(f.Name, "__") {
			return e.Introspect(s.schema, f)
		}
		r := roots[next]
		for r.Field != f {
			next++
			r = roots[next]
		}
		own := results[:len(r.Sels)]
		results = results[len(r.Sels):]
		return e.Root(r, own, &plan.Serving{Version: s.Version, Record: s.Reader.Record(), Limits: s.bounds, Who: req.Who, Head: head, RateLimited: s.enforcesRateLimit()})
	})
	a = operation.Response{Data: e.Text, Derived: e.Derived, Late: e.Late, Pool: &s.buffers, Head: head, Selections: sels, Results: answers}
	for _, r := range roots {
		if r.Page != nil {
			a.Changes += len(r.Page.Changes)
		}
	}
	if s.responses != nil {
		a.Dependencies = s.dependsOn(roots, view, a)
	}
	return a, err
}

// dependsOn returns what an answer follows from.
func (s *server) dependsOn(roots []*plan.Root, view content.View, a operation.Response) []content.Dependency {
	for _, r := range roots {
		if r.Field.Name == "service" || r.Page != nil { // it holds the newest revision
			return []content.Dependency{content.OnAll(view.Audience)}
		}
	}
	return s.Reader.Depends(view, a.Selections, a.Results)
}
