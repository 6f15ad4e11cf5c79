package store

import (
	"context"
	"database/sql"
	"fmt"

	"parley/content"
	"parley/store/sqlgen"
)

// follow reads what followed optimistic statements, by the parents that a statement names.
func (r *reader) follow(ctx context.Context, statements sqlgen.Tables, parents []content.Key) (map[content.Key][]content.FollowUp, error) {
	list := map[content.Key][]content.FollowUp{}
	err := r.query(ctx, sqlgen.FollowUps(statements, r.view), []any{keyList(parents)}, func(row *row) error {
		var parent, id content.Key
		var s, e content.Moment
		var next, from, until sql.NullInt64
		var kind sql.NullString
		if err := row.Scan(&parent, &id, &s.Earliest, &s.Latest, &s.Sequence, &next, &kind, &from, &until, &e.Sequence, new(any)); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		e.Earliest, e.Latest = from.Int64, until.Int64
		then := &e
		if !next.Valid {
			then = nil
		}
		ref := content.Ref{Type: "Event", Key: content.Key(next.Int64)}
		list[parent] = append(list[parent], content.Follow(s, ref, then, kind.String))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what followed: %w", err)
	}
	return list, nil
}

// trackRecord counts what became of the optimism of talks and of what belongs to them.
func (r *reader) trackRecord(ctx context.Context, talks []content.Key) (*content.Result, error) {
	list, err := r.follow(ctx, sqlgen.StatementsOfTalks(), talks)
	res := &content.Result{Lists: map[content.Key]*content.List{}}
	for _, talk := range talks {
		res.Lists[talk] = &content.List{Rows: []content.Row{{Key: talk, Values: []any{content.NewTrackRecord(list[talk])}}}}
	}
	return res, err
}

// followedBy reads what became of single statements; events of other kinds have no row.
func (r *reader) followedBy(ctx context.Context, sel *content.Selection, events []content.Key) (*content.Result, error) {
	list, err := r.follow(ctx, sqlgen.StatementsOfEvents(), events)
	if err != nil {
		return nil, err
	}
	res := &content.Result{Lists: map[content.Key]*content.List{}}
	for event, f := range list {
		var ref any
		if f[0].Event.Key != 0 {
			ref = f[0].Event
		}
		res.Lists[event] = &content.List{Rows: []content.Row{{Key: event, Values: []any{ref, f[0]}}}}
	}
	return res, r.children(ctx, sel, res)
}
