package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"parley/content"
)

// maxMessage bounds the messages of errors, in bytes: some of them quote the request.
const maxMessage = 500

// coded gives an error its code.
func coded(e *gqlerror.Error, code string) *gqlerror.Error {
	if e.Extensions == nil {
		e.Extensions = map[string]any{}
	}
	e.Extensions["code"] = code
	delete(e.Extensions, "file") // the parser's name for the one document
	if len(e.Message) > maxMessage {
		e.Message = strings.ToValidUTF8(e.Message[:maxMessage], "") + "..."
	}
	e.Rule = ""
	return e
}

// prepared is an operation that may be executed.
type prepared struct {
	op   *ast.OperationDefinition
	vars map[string]any
}

// prepare parses and validates a request, chooses its operation and coerces its variables.
func (s *server) prepare(req request) (prepared, gqlerror.List) {
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Name: "query", Input: req.Query}, s.Limits.Tokens)
	if err != nil {
		var g *gqlerror.Error
		if !errors.As(err, &g) {
			g = gqlerror.Errorf("%s", err)
		}
		if strings.HasPrefix(g.Message, "exceeded token limit") {
			return prepared{}, gqlerror.List{exceeded("tokens", "--max-tokens", s.Limits.Tokens, saturated)}
		}
		return prepared{}, gqlerror.List{coded(g, "GRAPHQL_PARSE_FAILED")}
	}
	if err := s.Limits.check(doc); err != nil {
		return prepared{}, gqlerror.List{err}
	}
	op := doc.Operations.ForName(req.OperationName)
	if op != nil && op.Operation != ast.Query {
		return prepared{op: op}, gqlerror.List{coded(gqlerror.Errorf("this service answers queries alone, no %s", op.Operation), "BAD_REQUEST")}
	}
	if errs := validator.ValidateWithRules(s.schema, doc, rules.NewDefaultRules()); len(errs) > 0 {
		for _, e := range errs {
			_ = coded(e, "GRAPHQL_VALIDATION_FAILED")
		}
		return prepared{}, errs[:min(len(errs), 20)]
	}
	if op == nil {
		return prepared{}, gqlerror.List{coded(gqlerror.Errorf("the document has no operation %q, or several and operationName is missing", req.OperationName), "BAD_REQUEST")}
	}
	if err := checkVariables(s.schema, op, req.Variables); err != nil {
		return prepared{op: op}, gqlerror.List{coded(err, "BAD_USER_INPUT")}
	}
	vars, err := validator.VariableValues(s.schema, op, req.Variables)
	if err != nil {
		var g *gqlerror.Error
		if !errors.As(err, &g) {
			g = gqlerror.Errorf("%s", err)
		}
		return prepared{op: op}, gqlerror.List{coded(g, "BAD_USER_INPUT")}
	}
	if err := s.Limits.checkCost(op, vars); err != nil {
		return prepared{op: op}, gqlerror.List{err}
	}
	return prepared{op: op, vars: vars}, nil
}

// answer executes an operation and returns the bytes of data and the revision that they were read at.
func (s *server) answer(ctx context.Context, req request, p prepared) ([]byte, content.Revision, *gqlerror.Error) {
	ctx, cancel := context.WithTimeout(ctx, s.Limits.Time)
	defer cancel()
	data, head, err := s.execute(ctx, p, req)
	switch {
	case err == nil:
		return data, head, nil
	case ctx.Err() != nil:
		return nil, 0, coded(gqlerror.Errorf("the operation took longer than %s (--max-time): ask for less at once", s.Limits.Time), "TIMEOUT")
	default:
		return nil, 0, s.present(ctx, err)
	}
}

// present turns a failure into what the client may know of it.
func (s *server) present(ctx context.Context, err error) *gqlerror.Error {
	if known, ok := errors.AsType[*content.Error](err); ok {
		g := coded(gqlerror.Errorf("%s", known.Message), string(known.Code))
		if known.Field != "" {
			g.Extensions["input"] = known.Field
		}
		if at, ok := errors.AsType[*pathError](err); ok {
			g.Path = ast.Path{ast.PathName(at.path)}
		}
		return g
	}
	id := ""
	if s.RequestID != nil {
		id = s.RequestID(ctx)
	}
	s.Logger.ErrorContext(ctx, "an operation failed", slog.Any("error", err), slog.String("request_id", id))
	g := coded(gqlerror.Errorf("Something went wrong on our side; the request id names it in our log."), "INTERNAL")
	g.Extensions["requestId"] = id
	return g
}

// execute plans, reads and encodes an operation.
func (s *server) execute(ctx context.Context, o prepared, req request) (data []byte, head content.Revision, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	program, err := compile(s.schema, o.op, o.vars)
	if err != nil {
		return nil, 0, err
	}
	fields := program.bind(o.vars)
	p := &planner{schema: s.schema, limits: s.Limits, locales: req.Locales}
	roots, err := p.plan(fields)
	if err != nil {
		return nil, 0, err
	}
	var sels []*content.Selection
	for _, r := range roots {
		sels = append(sels, r.sels...)
	}
	view, err := p.view()
	if err != nil {
		return nil, 0, err
	}
	results, head, err := s.Reader.Read(ctx, view, sels)
	if err != nil {
		return nil, 0, fmt.Errorf("read: %w", err)
	}
	schema, err := s.introspect(ctx, fields, req)
	if err != nil {
		return nil, 0, err
	}
	e := &encoder{}
	next := 0
	err = e.objectOf(s.schema.Query.Name, fields, func(f *field) error {
		if strings.HasPrefix(f.name, "__") {
			e.text = append(e.text, schema[f.key]...)
			return nil
		}
		r := roots[next]
		for r.field != f {
			next++
			r = roots[next]
		}
		answers := results[:len(r.sels)]
		results = results[len(r.sels):]
		return e.root(r, answers, s.Version, head)
	})
	return e.text, head, err
}

// introspect answers __schema and __type with gqlgen's executor, by response key.
func (s *server) introspect(ctx context.Context, fields []*field, req request) (map[string]json.RawMessage, error) {
	var set ast.SelectionSet
	for _, f := range fields {
		if strings.HasPrefix(f.name, "__") && f.name != "__typename" {
			var merged ast.SelectionSet
			for _, sub := range f.selects {
				merged = append(merged, sub...)
			}
			var args ast.ArgumentList
			for name, v := range f.args {
				args = append(args, &ast.Argument{Name: name, Value: &ast.Value{Raw: fmt.Sprint(v), Kind: ast.StringValue}})
			}
			set = append(set, &ast.Field{Alias: f.key, Name: f.name, Definition: f.def, Arguments: args, SelectionSet: merged, ObjectDefinition: s.schema.Query})
		}
	}
	if len(set) == 0 {
		return map[string]json.RawMessage{}, nil
	}
	ctx = graphql.StartOperationTrace(ctx)
	oc, errs := s.exec.CreateOperationContext(ctx, &graphql.RawParams{Query: req.Query, OperationName: req.OperationName, Variables: req.Variables})
	if len(errs) > 0 {
		return nil, errs
	}
	op := *oc.Operation
	op.SelectionSet = set
	oc.Operation = &op
	oc.DisableIntrospection = false
	next, ctx := s.exec.DispatchOperation(ctx, oc)
	res := next(ctx)
	if len(res.Errors) > 0 {
		return nil, res.Errors
	}
	var out map[string]json.RawMessage
	if err := json.Unmarshal(res.Data, &out); err != nil {
		return nil, fmt.Errorf("read gqlgen's answer: %w", err)
	}
	return out, nil
}
