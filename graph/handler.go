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
	"parley/internal/crash"
	"parley/internal/ratelimit"
)

// prepared is an operation that may be executed.
type prepared struct {
	document *operation.Document
	op       *ast.OperationDefinition
	vars     map[string]any
	// price is what it may cost, by its page sizes.
	price operation.Price
	// work is what it cost to parse its document, 0 where that was known.
	work int
}

// prepareCharged prepares an operation once there is room for it, within the time that an operation may take, and charges
// what it costs to parse its document. An operation of a known document without variables takes no room: there is nothing to
// parse or to coerce, and a client that has its answer already is told so while the service is busy.
func (s *server) prepareCharged(ctx context.Context, req request, b *charge) (prepared, gqlerror.List) {
	if len(req.Variables) == 0 && s.isKnown(req) {
		return s.prepare(req)
	}
	ctx, end := within(ctx, s.Limits.Time, s.Now)
	defer end()
	leave, err := s.enter(ctx, req.client())
	if err != nil {
		return prepared{}, gqlerror.List{s.notExecuted(ctx, err)}
	}
	defer leave()
	p, errs := s.prepare(req)
	b.owe(p.work)
	if len(errs) == 0 && ctx.Err() != nil {
		errs = gqlerror.List{s.timeoutError()}
	}
	return p, errs
}

// prepare finds the document of a request, chooses its operation and coerces its variables.
func (s *server) prepare(req request) (prepared, gqlerror.List) {
	d, work, errs := s.find(req)
	if d == nil {
		return prepared{work: work}, errs
	}
	op := d.AST.Operations.ForName(req.OperationName)
	p := prepared{document: d, op: op, work: work}
	switch {
	case op != nil && op.Operation == ast.Mutation && req.Safe:
		return p, gqlerror.List{operation.WithCode(gqlerror.Errorf("mutations must be sent by POST"), "BAD_REQUEST")}
	case len(errs) > 0:
		return p, errs
	case op == nil:
		return p, gqlerror.List{operation.WithCode(gqlerror.Errorf("the document has no operation %q, or several and operationName is missing", operation.Shorten(req.OperationName)), "BAD_REQUEST")}
	}
	c := &operation.Coercion{Schema: s.schema}
	if p.vars = c.Variables(op, req.Variables); len(c.Faults) > 0 {
		return p, c.Errors("BAD_USER_INPUT", !s.NoIntrospection)
	}
	p.price = operation.PriceOf(s.schema, s.lists, s.Limits.Cost, op, p.vars)
	if p.price.Objects > s.Limits.Cost {
		return p, gqlerror.List{operation.Exceeded("objects to request, by its page sizes", "cost", s.Limits.Cost, p.price.Objects)}
	}
	return p, nil
}

// response is the answer to an operation.
type response struct {
	// data is the JSON of the answer but for its end: dataHead and the data.
	data []byte
	// from is where the room for data was taken, nil where it is its own.
	from *jsonbuf.Pool
	// errors are those of mutations that failed; the others are in data.
	errors gqlerror.List
	// warnings are what a client should know of mutations that were carried out.
	warnings []warning
	// head is the revision that it was read at.
	head content.Revision
	// on is what it follows from, where answers are kept.
	on []content.Dependency
	// fixed is the part of its cost that does not depend on what was read, changes how many changes of the log it has.
	fixed, changes int
	// derived is how many rendered texts it has.
	derived int
	// What it was made of.
	sels    []*content.Selection
	results []*content.Result
}

// encoder returns one that writes to a buffer, for an operation.
func (s *server) encoder(ctx context.Context, b jsonbuf.Buffer) *plan.Encoder {
	b.Max = s.Limits.Answer
	b.Text = append(b.Text, dataHead...)
	return &plan.Encoder{Buffer: b, Ctx: ctx, Texts: s.texts}
}

// dataHead is what the JSON of an answer without errors begins with.
const dataHead = `{"data":`

// around returns what shared caches may purge the answer by, and how many objects were read.
func (a response) around() *surrogates { return surrogatesOf(a.sels, a.results) }

// respond executes an operation once there is room for it.
func (s *server) respond(ctx context.Context, req request, p prepared) (response, *gqlerror.Error) {
	ctx, end := within(ctx, s.Limits.Time, s.Now)
	defer end()
	leave, err := s.enter(ctx, req.client())
	var a response
	if err == nil {
		a, err = s.execute(ctx, p, req)
		leave()
	}
	if err != nil {
		return a, s.notExecuted(ctx, err)
	}
	a.fixed += p.price.Fixed
	return a, nil
}

// notExecuted is the error of an operation that was not let in, took too long or failed.
func (s *server) notExecuted(ctx context.Context, err error) *gqlerror.Error {
	switch {
	case errors.Is(err, ratelimit.ErrBusy):
		return s.overloadedError()
	case ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded):
		return s.timeoutError()
	default:
		return s.present(ctx, err)
	}
}

// timeoutError is the error of an operation that took too long.
func (s *server) timeoutError() *gqlerror.Error {
	g := gqlerror.Errorf("the operation took longer than %s (limit time): ask for smaller pages, or in several operations", s.Limits.Time)
	g.Extensions = map[string]any{"limit": s.Limits.Time.String(), "limitName": "time"}
	return operation.WithCode(g, "TIMEOUT")
}

// body is the answer as JSON, with members of extensions beside it. It is asked for once: the room for data goes back.
func (a response) body(parts ...string) []byte {
	extensions, _ := a.extensions(parts...)                    // texts and numbers have no fault
	if len(a.errors) == 0 && cap(a.data) > jsonbuf.MaxPooled { // it goes as it is: copied, a long answer would take its memory twice
		return append(append(a.data, extensions...), '}')
	}
	b := make([]byte, 0, len(a.data)+len(extensions)+32)
	if len(a.errors) > 0 {
		b = append(b, `{"errors":`...)
		b = append(append(b, errorsJSON(a.errors)...), ',')
		b = append(b, a.data[1:]...)
	} else {
		b = append(b, a.data...)
	}
	if a.from != nil {
		a.from.Give(a.data)
	}
	return append(append(b, extensions...), '}')
}

// present turns a failure into what the client may know of it.
func (s *server) present(ctx context.Context, err error) *gqlerror.Error {
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

// clientGone reports whether an error follows from a client that cancelled its request: nobody has to see it.
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
func (s *server) execute(ctx context.Context, o prepared, req request) (a response, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = crash.Recovered(v)
		}
	}()
	program, gathered, err := s.known.Program(s.schema, o.document, o.op, o.vars, s.Limits.Gathered)
	compiled := gathered / fieldsPerUnit
	defer func() { a.fixed += compiled }()
	if err != nil {
		return response{}, err
	}
	if err := program.Authorize(req.Who); err != nil {
		return response{}, err
	}
	fields, err := program.Bind(s.schema, o.vars)
	if err != nil {
		return response{}, err
	}
	if o.op.Operation == ast.Mutation {
		return s.mutate(ctx, fields, req)
	}
	p := &plan.Planner{Schema: s.schema, Limits: s.Limits, Locales: req.Locales, Who: req.Who, Record: plan.Record{Ctx: ctx, Reader: s.Reader, By: req.Who.Audience()}, Log: s.Log}
	roots, err := p.Plan(fields)
	if err != nil {
		return response{}, err
	}
	var sels []*content.Selection
	for _, r := range roots {
		sels = append(sels, r.Sels...)
	}
	view, err := p.View()
	if err != nil {
		return response{}, err
	}
	answers, head, err := s.Reader.Read(ctx, view, sels)
	if err != nil {
		return response{}, plan.SearchFault(roots, fmt.Errorf("read: %w", err))
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
		return e.Root(r, own, &plan.Serving{Version: s.Version, Record: s.Reader.Record(), Limits: s.bounds, Who: req.Who, Head: head})
	})
	a = response{data: e.Text, derived: e.Derived, from: &s.buffers, head: head, sels: sels, results: answers}
	for _, r := range roots {
		if r.Page != nil {
			a.changes += len(r.Page.Changes)
		}
	}
	if s.responses != nil {
		a.on = s.dependsOn(roots, view, a)
	}
	return a, err
}

// dependsOn returns what an answer follows from.
func (s *server) dependsOn(roots []*plan.Root, view content.View, a response) []content.Dependency {
	for _, r := range roots {
		if r.Field.Name == "service" || r.Page != nil { // it tells the newest revision
			return []content.Dependency{content.OnAll(view.Audience)}
		}
	}
	return s.Reader.Depends(view, a.sels, a.results)
}
