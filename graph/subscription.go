package graph

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
	"parley/graph/jsonbuf"
	"parley/graph/live"
	"parley/graph/operation"
	"parley/graph/plan"
	"parley/internal/crash"
)

// subscribe finds the feed of a subscription and where in it the client is. A client without a token has not begun.
func (s *server) subscribe(ctx context.Context, req operation.Request, p operation.Prepared) (f *live.Broadcast, at plan.SyncToken, begun bool, err error) {
	program, gathered, err := s.known.Program(s.schema, p.Document, p.Definition, p.Variables, s.Limits.Gathered)
	s.budgets.Of(nil, &req).Owe(gathered / fieldsPerUnit)
	if err != nil {
		return nil, at, false, err
	}
	bound, err := program.Bind(s.schema, p.Variables)
	if err != nil {
		return nil, at, false, err
	}
	fields := slices.Clone(bound)
	if len(fields) != 1 {
		return nil, at, false, content.Errorf(content.BadUserInput, "a subscription must select exactly one root field, and this one selects %d", len(fields))
	}
	own := ""
	if since := fields[0].Mention.Arguments.ForName("since"); since != nil && since.Value.Kind == ast.Variable {
		own = since.Value.Raw
	}
	if req.LastEventID != "" {
		mine := *fields[0]
		mine.Args = maps.Clone(mine.Args)
		mine.Args["since"] = req.LastEventID
		fields[0] = &mine
	}
	planner := &plan.Planner{Who: req.Who, Record: plan.Record{Ctx: ctx, Reader: s.Reader, By: req.Who.Audience()}}
	if at, err = planner.Since(fields[0]); err != nil {
		return nil, at, false, operation.InField(fields[0], err)
	}
	if begun = fields[0].Args["since"] != nil; !begun {
		heads, err := s.Reader.Heads(ctx)
		if err != nil {
			return nil, at, false, err
		}
		at.Base = heads.Of(req.Who.Audience())
		at.Target = at.Base
	}
	f, err = s.hub.Attach(req, p, own, fields)
	return f, at, begun, err
}

// ExecuteChanges reads one page of the subscription contentUpdates, whose fields are bound and which was let in.
func (s *server) ExecuteChanges(ctx context.Context, req operation.Request, fields []*operation.Field, from plan.SyncToken) (page *plan.ChangePage, a operation.Response, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.Limits.Time)
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			err = crash.Recovered(v)
		}
	}()
	p := &plan.Planner{Schema: s.schema, Limits: s.Limits, Locales: req.Locales, Who: req.Who, Record: plan.Record{Ctx: ctx, Reader: s.Reader, By: req.Who.Audience()}, Log: s.Log}
	r := &plan.Root{Field: fields[0]}
	if err := p.LocalesOf(r.Field); err != nil {
		return nil, a, operation.InField(r.Field, err)
	}
	if err := p.Changes(ctx, r, from, true); err != nil {
		return nil, a, operation.InField(r.Field, err)
	}
	view, err := p.View()
	if err != nil {
		return nil, a, err
	}
	answers, head, err := s.Reader.Read(ctx, view, r.Sels)
	if err != nil {
		return nil, a, fmt.Errorf("read: %w", err)
	}
	e := s.encoder(ctx, jsonbuf.Buffer{})
	e.Locales = view.Locales
	err = e.ObjectOf(s.schema.Subscription.Name, fields, func(*operation.Field) error { return e.ChangePage(r, answers) })
	return r.Page, operation.Response{Data: e.Text, Derived: e.Derived, Head: head, Selections: r.Sels, Results: answers, Changes: len(r.Page.Changes)}, err
}
