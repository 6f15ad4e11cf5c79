package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"parley/content"
)

// request is the body of a GraphQL request.
type request struct {
	Query         string         `json:"query"`
	OperationName string         `json:"operationName"`
	Variables     map[string]any `json:"variables"`
	// Locales are those of the query parameter, best first.
	Locales []string `json:"-"`
}

// ServeHTTP answers POST with a JSON body and GET with query parameters.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req, status, err := decode(r)
	if err != nil {
		if status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", "GET, POST")
		}
		s.refuse(w, status, gqlerror.List{coded(gqlerror.Errorf("%s", err), "BAD_REQUEST")})
		return
	}
	data, errs := s.answer(r.Context(), req)
	if len(errs) > 0 {
		status := http.StatusBadRequest
		if errs[0].Extensions["code"] == "INTERNAL" {
			status = http.StatusInternalServerError
		}
		s.refuse(w, status, errs)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if _, err := fmt.Fprintf(w, `{"data":%s}`, data); err != nil {
		s.Logger.DebugContext(r.Context(), "the client went away", slog.Any("error", err))
	}
}

// decode reads the request; the status is that of a refusal.
func decode(r *http.Request) (request, int, error) {
	var req request
	if list := r.URL.Query().Get("locales"); list != "" {
		req.Locales = strings.Split(list, ",")
	}
	switch r.Method {
	case http.MethodGet:
		q := r.URL.Query()
		req.Query, req.OperationName = q.Get("query"), q.Get("operationName")
		if v := q.Get("variables"); v != "" {
			if err := unmarshal([]byte(v), &req.Variables); err != nil {
				return req, http.StatusBadRequest, errors.New("the parameter variables is no JSON object")
			}
		}
	case http.MethodPost:
		if media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); !strings.EqualFold(strings.TrimSpace(media), "application/json") {
			return req, http.StatusUnsupportedMediaType, errors.New("send the body as Content-Type: application/json")
		}
		var body bytes.Buffer
		if _, err := body.ReadFrom(r.Body); err != nil {
			return req, http.StatusRequestEntityTooLarge, errors.New("the body is too large or broke off")
		}
		if err := unmarshal(body.Bytes(), &req); err != nil {
			return req, http.StatusBadRequest, errors.New(`the body is no JSON object like {"query": "{ talks { nodes { title } } }"}`)
		}
	default:
		return req, http.StatusMethodNotAllowed, errors.New("use GET or POST")
	}
	if req.Query == "" {
		return req, http.StatusBadRequest, errors.New("query is missing")
	}
	return req, 0, nil
}

func unmarshal(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("decode JSON: %w", err)
	}
	if d.More() {
		return errors.New("more follows the JSON value")
	}
	return nil
}

func (s *server) refuse(w http.ResponseWriter, status int, errs gqlerror.List) {
	b, err := json.Marshal(map[string]any{"errors": errs})
	if err != nil {
		b = []byte(`{"errors":[{"message":"internal error"}]}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

func coded(e *gqlerror.Error, code string) *gqlerror.Error {
	if e.Extensions == nil {
		e.Extensions = map[string]any{}
	}
	e.Extensions["code"] = code
	e.Rule = ""
	return e
}

// answer executes a request and returns the bytes of data.
func (s *server) answer(ctx context.Context, req request) ([]byte, gqlerror.List) {
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Name: "query", Input: req.Query}, maxTokens)
	if err != nil {
		var g *gqlerror.Error
		if !errors.As(err, &g) {
			g = gqlerror.Errorf("%s", err)
		}
		return nil, gqlerror.List{coded(g, "GRAPHQL_PARSE_FAILED")}
	}
	if errs := validator.ValidateWithRules(s.schema, doc, rules.NewDefaultRules()); len(errs) > 0 {
		for _, e := range errs {
			_ = coded(e, "GRAPHQL_VALIDATION_FAILED")
		}
		return nil, errs[:min(len(errs), 20)]
	}
	op := doc.Operations.ForName(req.OperationName)
	if op == nil {
		return nil, gqlerror.List{coded(gqlerror.Errorf("the document has no operation %q, or several and operationName is missing", req.OperationName), "BAD_REQUEST")}
	}
	vars, err := validator.VariableValues(s.schema, op, req.Variables)
	if err != nil {
		var g *gqlerror.Error
		if !errors.As(err, &g) {
			g = gqlerror.Errorf("%s", err)
		}
		return nil, gqlerror.List{coded(g, "BAD_USER_INPUT")}
	}
	p := &planner{doc: &document{schema: s.schema, op: op, vars: vars}, locales: req.Locales}
	data, err := s.execute(ctx, p, req)
	if err != nil {
		return nil, gqlerror.List{s.present(ctx, err)}
	}
	return data, nil
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
func (s *server) execute(ctx context.Context, p *planner, req request) (data []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	roots, err := p.plan()
	if err != nil {
		return nil, err
	}
	var sels []*content.Selection
	for _, r := range roots {
		sels = append(sels, r.sels...)
	}
	view, err := p.view()
	if err != nil {
		return nil, err
	}
	results, head, err := s.Reader.Read(ctx, view, sels)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	schema, err := s.introspect(ctx, p, req)
	if err != nil {
		return nil, err
	}
	e := &encoder{p: p}
	fields := make([]*field, len(roots))
	for i, r := range roots {
		fields[i] = r.field
	}
	p.doc.fields = 0
	next := 0
	err = e.object("Query", fields, func(f *field) error {
		if strings.HasPrefix(f.name, "__") {
			e.Write(schema[f.key])
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
	return e.Bytes(), err
}

// introspect answers __schema and __type with gqlgen's executor, by response key.
func (s *server) introspect(ctx context.Context, p *planner, req request) (map[string]json.RawMessage, error) {
	var set ast.SelectionSet
	fields, err := p.doc.collect("Query", []ast.SelectionSet{p.doc.op.SelectionSet})
	if err != nil {
		return nil, err
	}
	for _, f := range fields {
		if strings.HasPrefix(f.name, "__") && f.name != "__typename" {
			var merged ast.SelectionSet
			for _, sub := range f.sets {
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
