package store

import (
	"cmp"
	"context"
	"database/sql/driver"
	"fmt"
	"maps"
	"slices"

	"parley/content"
	"parley/store/sqlgen"
)

// timelineLoader is where the events of a bulk load find their places in timelines. They are gathered while the rows of the events
// are written, and put in order here: a sort of 200,000 dates takes less than SQLite's sorts of all that follows from them.
type timelineLoader struct {
	at           placeColumns
	events       []placedEvent
	refs         []int64 // the mediators, parties and issues of one event after the other
	coveringRows *spillFile
}

// placedEvent is an event that the public sees: its date, and what it belongs to.
type placedEvent struct {
	key, earliest, latest, sequence, talk int64

	refs        int      // where its mediators begin
	counts      [3]int32 // of mediators, parties and issues
	coveringRow int32    // its number
}

// placeColumns are the positions in a row of the columns that places follow from.
type placeColumns struct {
	key, earliest, latest, sequence, talk, visible int

	coveringColumns []int // of covering rows
}

// newTimelineLoader makes room for the places of so many events, whose rows have these columns.
func newTimelineLoader(columns []string, events int) (*timelineLoader, error) {
	of := func(column string) int { return slices.Index(columns, column) }
	p := &timelineLoader{
		at:     placeColumns{key: of("id"), earliest: of("occurred_on_earliest"), latest: of("occurred_on_latest"), sequence: of("sequence"), talk: of("talk_id"), visible: of("visible")},
		events: make([]placedEvent, 0, events),
	}
	for _, s := range sqlgen.CoveringColumns() {
		p.at.coveringColumns = append(p.at.coveringColumns, of(s.Column))
	}
	var err error
	p.coveringRows, err = newSpillFile()
	return p, err
}

// add gathers an event from its row and from its lists, which follow the row, each after its length.
func (p *timelineLoader) add(row, lists []any) error {
	number := func(at int) int64 {
		n, _ := row[at].(int64) // NULL is no talk, and the sequence 0
		return n
	}
	if number(p.at.visible) != 1 {
		return nil
	}
	e := placedEvent{
		key: number(p.at.key), earliest: number(p.at.earliest), latest: number(p.at.latest), sequence: number(p.at.sequence), talk: number(p.at.talk),
		refs: len(p.refs), coveringRow: int32(len(p.coveringRows.rows)), //nolint:gosec // more covering rows than that fit on no disk
	}
	for i := range e.counts {
		n, _ := lists[0].(int64)
		begin := len(p.refs)
		for _, v := range lists[1 : 1+n] {
			if ref, _ := v.(int64); !slices.Contains(p.refs[begin:], ref) {
				p.refs = append(p.refs, ref)
			}
		}
		e.counts[i] = int32(len(p.refs) - begin) //nolint:gosec // nor do lists
		lists = lists[1+n:]
	}
	p.events = append(p.events, e)
	values := make([]driver.Value, 0, 1+len(p.at.coveringColumns))
	values = append(values, e.key)
	for _, at := range p.at.coveringColumns {
		values = append(values, row[at])
	}
	card, err := pack(values)
	if err != nil {
		return err
	}
	return p.coveringRows.add(content.Key(e.key), card)
}

// list returns one of the lists of an event.
func (p *timelineLoader) list(e *placedEvent, n int) []int64 {
	begin := e.refs
	for _, count := range e.counts[:n] {
		begin += int(count)
	}
	return p.refs[begin : begin+int(e.counts[n])]
}

// write gives all events their places.
func (p *timelineLoader) write(ctx context.Context, w *writer) error {
	ancestors, err := w.ancestors(ctx)
	if err != nil {
		return err
	}
	if err := p.coveringRows.flush(); err != nil {
		return err
	}
	slices.SortFunc(p.events, func(a, b placedEvent) int {
		return cmp.Or(cmp.Compare(a.earliest, b.earliest), cmp.Compare(a.latest, b.latest), cmp.Compare(a.sequence, b.sequence), cmp.Compare(a.key, b.key))
	})
	all := []int64{0}
	for _, t := range []struct {
		number  sqlgen.Timeline
		parents func(*placedEvent) []int64
	}{
		{sqlgen.TalkTimeline, func(e *placedEvent) []int64 { return ancestors[e.talk] }},
		{sqlgen.MediatorTimeline, func(e *placedEvent) []int64 { return p.list(e, 0) }},
		{sqlgen.PartyTimeline, func(e *placedEvent) []int64 { return p.list(e, 1) }},
		{sqlgen.IssueTimeline, func(e *placedEvent) []int64 { return p.list(e, 2) }},
		{sqlgen.WholeTimeline, func(*placedEvent) []int64 { return all }},
	} {
		if err := p.timeline(ctx, w, t.number, t.parents); err != nil {
			return fmt.Errorf("list events: %w", err)
		}
	}
	return nil
}

// timeline writes the places of one kind, which are in the order of their table: by parent, and by date beneath.
func (p *timelineLoader) timeline(ctx context.Context, w *writer, n sqlgen.Timeline, parents func(*placedEvent) []int64) error {
	under := map[int64][]int32{}
	for i := range p.events {
		for _, parent := range parents(&p.events[i]) {
			under[parent] = append(under[parent], int32(i))
		}
	}
	a := &batchInserter{table: "event_list", most: atOnce, columns: []string{"list", "parent_id", "earliest", "latest", "sequence", "event_id", "from_rev", "card"}}
	for _, parent := range slices.Sorted(maps.Keys(under)) {
		for _, i := range under[parent] {
			e := &p.events[i]
			var card any
			if n == sqlgen.TalkTimeline {
				var err error
				if card, err = p.coveringRows.bytes(p.coveringRows.rows[e.coveringRow]); err != nil {
					return err
				}
			}
			if err := a.add(ctx, w, int64(n), parent, e.earliest, e.latest, e.sequence, e.key, int64(w.rev), card); err != nil {
				return err
			}
		}
	}
	return a.flush(ctx, w)
}

// ancestors reads what each talk belongs to, itself among them.
func (w *writer) ancestors(ctx context.Context) (map[int64][]int64, error) {
	of := map[int64][]int64{}
	err := w.query(ctx, "SELECT descendant, ancestor FROM talk_tree", nil, func(row *row) error {
		var talk, ancestor int64
		err := row.Scan(&talk, &ancestor)
		of[talk] = append(of[talk], ancestor)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the tree of talks: %w", err)
	}
	return of, nil
}
