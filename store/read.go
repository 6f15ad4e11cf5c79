package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"parley/content"
	"parley/internal/requestlog"
	"parley/store/sqlgen"
)

// newest is the statement that reads the newest revision.
const newest = "SELECT COALESCE(MAX(number), 0) FROM revision"

// newestOfAll is the statement that reads the newest revision, and the newest that readers without a token see anything of.
const newestOfAll = "SELECT COALESCE(MAX(number), 0), COALESCE((SELECT MAX(number) FROM revision WHERE public = 1), 0) FROM revision"

// headOf is the statement that reads the newest revision of which an audience sees anything, as head.
func headOf(a content.Audience) string {
	if a == content.Public {
		return "SELECT COALESCE(MAX(number), 0) AS head FROM revision WHERE public = 1"
	}
	return "SELECT COALESCE(MAX(number), 0) AS head FROM revision"
}

// Read answers the selections from one snapshot and says at which revision it was taken: the newest that the audience sees anything of.
func (s *Store) Read(ctx context.Context, view content.View, sels []*content.Selection) ([]*content.Result, content.Revision, error) {
	session, err := s.sessions.take(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer s.sessions.give(session)
	results := make([]*content.Result, len(sels))
	if last := s.heads.get(); last != nil && isShort(sels) {
		err := session.once(func(n *snapshot) error { return s.answer(ctx, n, last.heads, view, sels, results) })
		if s.heads.isCurrent(last) { // nothing was written meanwhile: its statements read one snapshot
			return results, last.heads.Of(view.Audience), err
		}
	}
	var heads content.Heads
	err = session.use(ctx, func(n *snapshot) error {
		before, _ := s.heads.header()
		var err error
		if heads, err = s.readHeads(ctx, n); err != nil {
			return err
		}
		s.heads.store(before, heads)
		return s.answer(ctx, n, heads, view, sels, results)
	})
	return results, heads.Of(view.Audience), err
}

// isShort reports whether selections take so few statements that each is its own transaction.
func isShort(sels []*content.Selection) bool {
	return len(sels) == 0 || len(sels) == 1 && sels[0].At == 0 && sels[0].Search == nil && len(sels[0].Children) <= 1
}

// answer answers the selections from a snapshot whose newest revision is head.
func (s *Store) answer(ctx context.Context, n *snapshot, heads content.Heads, view content.View, sels []*content.Selection, results []*content.Result) error {
	r := &reader{store: s, snapshot: n, view: view, head: heads.Newest, audienceHead: heads.Of(view.Audience)}
	var err error
	for i, sel := range sels {
		if r.view.At = sel.At; sel.At >= r.audienceHead {
			r.view.At = 0 // the statements of now say the same
		}
		if results[i], err = r.root(ctx, sel); err != nil {
			return err
		}
	}
	return nil
}

// reader is one operation's read.
type reader struct {
	store    *Store
	snapshot *snapshot
	view     content.View
	head     content.Revision // the newest revision of the snapshot
	// audienceHead is the newest revision of which the audience sees anything.
	audienceHead content.Revision
	rows         int
	keys         []content.Key // room for those of inlined lists
}

func (r *reader) root(ctx context.Context, sel *content.Selection) (*content.Result, error) {
	var chosen sqlgen.Expr
	switch {
	case sel.Search != nil:
		return r.search(ctx, sel)
	case sel.Type.Name == "Locale":
		return r.locales(ctx)
	case sel.Type.Name == "Moment":
		return r.newestAt(ctx)
	case sel.Diff != nil:
		return r.diff(ctx, sel)
	case sel.Type.Name == "RevisionEntry":
		return r.revisions(ctx, sel)
	case sel.Type.Name == "Tombstone":
		return r.tombstone(ctx, sel)
	case sel.Keys != nil:
		return r.byKey(ctx, sel, sel.Keys)
	case sel.Slug != "":
		chosen = sqlgen.Text("x.slug = $1")
	case sel.External != nil:
		chosen = sqlgen.Format("x.id IN (SELECT item_id FROM ? WHERE type = '"+sel.Type.Name+"' AND scheme = $1 AND value = $2 AND match_kind = 'EXACT')", sqlgen.Table{Name: "external_id"})
	}
	res, err := r.list(ctx, sel, listSource{chosen: chosen, timeline: sqlgen.TimelineOfAll(sel, r.view)}, nil)
	if err != nil || sel.Slug == "" || len(res.Lists[0].Rows) > 0 {
		return res, err
	}
	return r.redirected(ctx, sel)
}

// byKey reads items by their keys; each is in the list of its own key.
func (r *reader) byKey(ctx context.Context, sel *content.Selection, keys []content.Key) (*content.Result, error) {
	res := &content.Result{Lists: map[content.Key]*content.List{}}
	err := r.rowsByKey(ctx, sel, keys, func(row content.Row) {
		res.Lists[row.Key] = &content.List{Rows: []content.Row{row}}
	})
	if err != nil {
		return nil, err
	}
	return res, r.children(ctx, sel, res)
}

// rowsByKey reads the rows of items by their keys, without what hangs from them.
func (r *reader) rowsByKey(ctx context.Context, sel *content.Selection, keys []content.Key, each func(content.Row)) error {
	q, err := newRowReader(sel, r.view)
	if err != nil {
		return err
	}
	test, operand := sqlgen.Text("x.id IN (SELECT value FROM json_each($1))"), any(keyList(keys))
	if len(keys) == 1 {
		test, operand = sqlgen.Text("x.id = $1"), int64(keys[0])
	}
	rows := &sqlgen.Select{Cols: q.ColumnList(), From: sqlgen.Source(sel.Type).Hinted("x", sqlgen.ByKey), Where: sqlgen.All(test, sqlgen.Visible(sel.Type, r.view))}
	err = r.query(unwatched(ctx), rows, []any{operand}, func(found *row) error {
		row, _, err := q.scan(found)
		if err == nil {
			each(row)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", sel.Type.Plural, err)
	}
	return nil
}

// children reads what hangs from the rows of a result.
func (r *reader) children(ctx context.Context, sel *content.Selection, res *content.Result) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	inlined := sqlgen.InlineChildren(sel, r.view)
	for _, child := range sel.Children {
		answer, err := r.inlined(ctx, sel, child, res, slices.Index(inlined, child))
		if answer == nil && err == nil {
			answer, err = r.child(ctx, sel, child, res)
		}
		if err != nil {
			return err
		}
		res.Children = append(res.Children, answer)
	}
	return nil
}

// inlined answers a child from the inlined lists after the fields in the rows of its parents, or returns nil
// where the child has none.
func (r *reader) inlined(ctx context.Context, sel, child *content.Selection, res *content.Result, at int) (*content.Result, error) {
	rows := allRows(res)
	if at < 0 || len(rows) == 0 || len(rows[0].Values) <= len(sel.Fields)+at {
		return nil, nil //nolint:nilnil // there is none
	}
	at += len(sel.Fields)
	held, err := r.cachedOrByKey(ctx, child, rows, at)
	if err != nil || held == nil {
		return nil, err
	}
	answer, n := r.inline(rows, at, child, held)
	if r.rows += n; r.rows > r.store.objects {
		return nil, r.tooMany()
	}
	return answer, r.children(ctx, child, answer)
}

// child reads what one child selection asks for, of all rows at once; nothing where there are no rows.
func (r *reader) child(ctx context.Context, sel, child *content.Selection, res *content.Result) (*content.Result, error) {
	rel, listed := sqlgen.Link(sel.Type, child)
	var keys []content.Key
	if listed || computed(child.Type) {
		keys = parents(res)
	} else {
		keys = references(sel, child, res)
	}
	switch {
	case len(keys) == 0:
		return &content.Result{}, nil
	case child.Type.Name == "TrackRecord":
		return r.trackRecord(ctx, keys)
	case child.Type.Name == "FollowUp":
		return r.followedBy(ctx, child, keys)
	case child.Type.Name == "LastChange":
		return r.lastChange(ctx, child, keys)
	case child.Type.Name == "Citing":
		return r.citedBy(ctx, child, keys)
	case child.Type.Name == "ContentChange":
		return r.revisionChanges(ctx, child, keys)
	case child.Type.Name == "HistoryEntry":
		return r.history(ctx, sel.Type, child, keys)
	case listed:
		return r.list(ctx, child, listSource{relation: &rel, timeline: rel.Timeline(child, r.view)}, keys)
	default:
		return r.byKey(ctx, child, keys)
	}
}

// computed reports whether what a selection leads to is computed for each row.
func computed(t *content.Type) bool {
	switch t.Name {
	case "TrackRecord", "FollowUp", "HistoryEntry", "ContentChange", "LastChange", "Citing":
		return true
	default:
		return false
	}
}

// parents are the keys of all rows, without repetition.
func parents(res *content.Result) []content.Key {
	var keys []content.Key
	seen := map[content.Key]bool{}
	for _, row := range allRows(res) {
		if !seen[row.Key] {
			seen[row.Key] = true
			keys = append(keys, row.Key)
		}
	}
	return keys
}

// allRows are the rows of all lists, the lists in the order of their keys, so that statements have the same operands
// whenever they are asked.
func allRows(res *content.Result) []content.Row {
	if len(res.Lists) == 1 {
		for _, l := range res.Lists {
			return l.Rows
		}
	}
	var rows []content.Row
	for _, key := range slices.Sorted(maps.Keys(res.Lists)) {
		rows = append(rows, res.Lists[key].Rows...)
	}
	return rows
}

// references collects the keys of the child's type that the field of its name holds.
func references(sel, child *content.Selection, res *content.Result) []content.Key {
	field := -1
	for i, f := range sel.Fields {
		if f == child.Relation {
			field = i
		}
	}
	seen := map[content.Key]bool{}
	var keys []content.Key
	add := func(ref content.Ref) {
		if ref.Type == child.Type.Name && !seen[ref.Key] {
			seen[ref.Key] = true
			keys = append(keys, ref.Key)
		}
	}
	for _, row := range allRows(res) {
		if field < 0 {
			continue
		}
		switch v := row.Values[field].(type) {
		case content.Ref:
			add(v)
		case []map[string]any:
			for _, element := range v {
				for _, e := range element {
					if ref, ok := e.(content.Ref); ok {
						add(ref)
					}
				}
			}
		}
	}
	return keys
}

func keyList(keys []content.Key) string {
	b, err := json.Marshal(keys)
	if err != nil {
		return "[]"
	}
	return string(b)
}

// listSource is the source of the rows of a list: those that a condition chooses, or that a relation leads to, or along a timeline.
type listSource struct {
	chosen   sqlgen.Expr
	relation *sqlgen.Relation
	timeline sqlgen.Timeline
}

// emptyLists returns a list for each parent.
func emptyLists(parents []content.Key) map[content.Key]*content.List {
	lists := make(map[content.Key]*content.List, len(parents))
	for _, p := range parents {
		lists[p] = &content.List{}
	}
	return lists
}

// list reads a page of the rows of a place, for each parent, or for the root where parents is nil.
func (r *reader) list(ctx context.Context, sel *content.Selection, at listSource, parents []content.Key) (*content.Result, error) {
	if !sel.Rows && !sel.Total && len(sel.Facets) == 0 {
		return &content.Result{Lists: map[content.Key]*content.List{}}, nil // only its type is asked
	}
	q, err := newRowReader(sel, r.view)
	if err != nil {
		return nil, err
	}
	q.Timeline = at.timeline
	var args []any
	nested := parents != nil
	if nested {
		args = append(args, keyList(parents))
	} else {
		parents = []content.Key{0}
	}
	if sel.Slug != "" {
		args = append(args, string(sel.Slug))
	}
	if sel.External != nil {
		args = append(args, sel.External.Scheme, sel.External.Value)
	}
	single := nested && len(parents) == 1 && (q.IsFormerTimeline() || r.view.At == 0 && (at.timeline != sqlgen.NoTimeline || sel.Filter == nil))
	q.Parent = "p.value"
	if single {
		q.Parent, args[0] = "$1", parents[0]
	}
	chosen := at.chosen
	if at.relation != nil {
		chosen, q.Order = at.relation.Rows(r.view, q.Parent), at.relation.Order(sel, r.view, q.Parent)
	} else {
		q.Order = sqlgen.Ordered(sel.Type, sel.Sort, r.view)
	}
	if q.Ended, err = r.ended(ctx, q, parents); err != nil {
		return nil, err
	}
	statement, args, err := q.Page(chosen, nested && !single, r.conditions(ctx, args))
	if err != nil {
		return nil, err
	}
	res := &content.Result{Lists: emptyLists(parents), Tested: q.ResidualRows}
	watch := ctx
	if q.ScansIndex(!nested) || sel.Slug != "" {
		watch = unwatched(ctx)
	}
	err = r.query(watch, statement, args, func(found *row) error {
		row, head, err := q.scan(found)
		if err != nil {
			return err
		}
		if single {
			head.parent = parents[0]
		}
		l := res.Lists[head.parent]
		if q.Direct && l.Rows == nil {
			l.Rows = make([]content.Row, 0, min(sel.Page.Size+1, 64))
		}
		return add(l, row, head)
	})
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", sel.Type.Plural, err)
	}
	for _, l := range res.Lists {
		if err := r.complete(q, l); err != nil {
			return nil, err
		}
	}
	return res, r.children(ctx, sel, res)
}

// complete makes a page of the rows that were read.
func (r *reader) complete(q *rowReader, l *content.List) error {
	if q.BoundedResidual && len(l.Rows) <= q.Sel.Page.Size {
		_, rest := sqlgen.SplitPredicates(q.Sel.Type, q.Sel.Filter)
		return sqlgen.ResidualExceeded(rest, r.store.residual)
	}
	trim(l, q.Sel.Page)
	return nil
}

// conditions are those of a statement with operands before them.
func (r *reader) conditions(ctx context.Context, args []any) *sqlgen.Conditions {
	return &sqlgen.Conditions{Args: args, View: r.view, Count: r.counter(ctx), Residual: r.store.residual, Frequent: r.store.frequent}
}

// add adds a row to a list, with the facts of the list that the row has.
func add(l *content.List, row content.Row, head facts) error {
	l.Total, l.HasPrevious = head.total, head.before
	if l.Facets == nil {
		for _, text := range head.facets {
			b, err := buckets(text)
			if err != nil {
				return err
			}
			l.Facets = append(l.Facets, b)
		}
	}
	if head.present {
		l.Rows = append(l.Rows, row)
	}
	return nil
}

// counter counts the rows of statements that filters ask for before they are written.
func (r *reader) counter(ctx context.Context) func(sqlgen.Expr, ...any) (int, error) {
	return func(statement sqlgen.Expr, args ...any) (n int, err error) {
		err = r.query(ctx, statement, args, func(row *row) error { return row.Scan(&n) })
		return n, err
	}
}

// trim takes away the row that was read beyond the page, and turns a backward page round.
func trim(l *content.List, p content.Page) {
	more := p.Size > 0 && len(l.Rows) > p.Size
	if more {
		l.Rows = l.Rows[:p.Size]
	}
	if !p.Backward {
		l.HasNext = more
		return
	}
	l.HasNext, l.HasPrevious = l.HasPrevious, more
	for i, j := 0, len(l.Rows)-1; i < j; i, j = i+1, j-1 {
		l.Rows[i], l.Rows[j] = l.Rows[j], l.Rows[i]
	}
}

// query runs a statement over the tables as they are in the view; the revision of the past is its last operand.
func (r *reader) query(ctx context.Context, statement sqlgen.Expr, args []any, each func(*row) error) error {
	if r.view.At == 0 {
		return r.run(ctx, sqlgen.Render(statement), args, each)
	}
	args = append(slices.Clip(args), int64(r.view.At))
	return r.run(ctx, sqlgen.RenderAsOf(statement, len(args), r.view.Audience == content.Public), args, each)
}

// run runs a statement as it is, in views of the past too.
func (r *reader) run(ctx context.Context, text string, args []any, each func(*row) error) error {
	r.store.statements.Add(1)
	if r.store.trace != nil {
		r.store.trace(text, args)
	}
	if n := requestlog.Of(ctx); n != nil {
		begin := r.store.now()
		defer func() {
			n.Ran(requestlog.Statement{Text: text, Args: args, Begin: begin, Took: r.store.now().Sub(begin)})
		}()
	}
	return r.snapshot.query(ctx, text, args, func(row *row) error {
		if r.rows++; r.rows > r.store.objects {
			return r.tooMany()
		}
		return each(row)
	})
}

// unwatched is the context of a statement that an index bounds to few rows: it ends before anybody could interrupt it,
// and waiting for that costs as much as the statement.
func unwatched(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }

func (r *reader) tooMany() error {
	return content.Exceeded("objects", r.store.objects, r.rows, "the operation reads more than %d objects (limit objects): ask for smaller pages with first, or in several operations", r.store.objects)
}
