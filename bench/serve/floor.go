package main

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	_ "modernc.org/sqlite" // the driver

	"parley/content"
)

// buffers are those that ceiling and floor write their answers into.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// ceiling answers every request with the same ready bytes, once it has read it: nothing in net/http is faster.
func ceiling(answer []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(answer)
	})
}

// floor answers the three queries as one would write them by hand: fixed SQL over the normalised tables, through
// database/sql with prepared statements, and JSON put together by hand.
type floor struct {
	list, actors, talk, events, mediators, issues, event *sql.Stmt
}

func newFloor(ctx context.Context, path string) (*floor, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro&_pragma=query_only(1)")
	if err != nil {
		return nil, err
	}
	f := &floor{}
	for into, text := range map[**sql.Stmt]string{
		&f.list: `SELECT id, title, talk_status FROM talk
WHERE visible = 1 AND (started_on_earliest, started_on_latest, id) > ($1, $2, $3)
ORDER BY started_on_earliest, started_on_latest, id LIMIT 20`,
		&f.actors: `SELECT p.value, a.name FROM json_each($1) AS p
CROSS JOIN talk_tree AS t ON t.ancestor = p.value
CROSS JOIN talk_participations AS j ON j.owner_id = t.descendant AND j.actor_type = 'Mediator'
CROSS JOIN actor AS a ON a.id = j.actor_id AND a.visible = 1
GROUP BY p.value, a.id ORDER BY p.value, MIN(1000 * t.depth + j.position), a.id`,
		&f.talk: `SELECT id FROM talk WHERE slug = $1 AND visible = 1`,
		&f.events: `SELECT e.id, e.title, e.occurred_on, e.event_kind FROM event_list AS l CROSS JOIN event AS e ON e.id = l.event_id
WHERE l.list = 1 AND l.parent_id = $1 AND l.earliest < 9223372036854775807
ORDER BY l.earliest DESC, l.latest DESC, l.sequence DESC, l.event_id DESC LIMIT 50`,
		&f.mediators: `SELECT j.owner_id, a.name FROM json_each($1) AS p CROSS JOIN event_mediators AS j ON j.owner_id = p.value
CROSS JOIN actor AS a ON a.id = j.ref_id AND a.visible = 1 ORDER BY j.owner_id, j.position`,
		&f.issues: `SELECT j.owner_id, i.title FROM json_each($1) AS p CROSS JOIN event_issues AS j ON j.owner_id = p.value
CROSS JOIN issue AS i ON i.id = j.ref_id AND i.visible = 1 ORDER BY j.owner_id, j.position`,
		&f.event: `SELECT title, event_kind, outlook, basis FROM event WHERE id = $1 AND visible = 1`,
	} {
		if *into, err = db.PrepareContext(ctx, text); err != nil { //nolint:sqlclosecheck // for as long as the process lives
			return nil, err
		}
	}
	return f, nil
}

// ServeHTTP answers a query by the name of its operation.
func (f *floor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Query     string `json:"query"`
		Variables struct {
			After string `json:"after"`
			Slug  string `json:"slug"`
			ID    string `json:"id"`
		} `json:"variables"`
	}
	if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	buffer, _ := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	b := (*buffer)[:0]
	b = append(b, `{"data":`...)
	var err error
	switch {
	case strings.HasPrefix(req.Query, "query List"):
		b, err = f.answerList(r.Context(), b, req.Variables.After)
	case strings.HasPrefix(req.Query, "query Deep"):
		b, err = f.answerDeep(r.Context(), b, req.Variables.Slug)
	default:
		b, err = f.answerPoint(r.Context(), b, req.Variables.ID)
	}
	b = append(b, '}')
	*buffer = b
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(*buffer)
}

func (f *floor) answerList(ctx context.Context, b []byte, after string) ([]byte, error) {
	bytes, err := base64.RawURLEncoding.DecodeString(after)
	if err != nil || len(bytes) < 4 {
		return b, errors.New("no cursor")
	}
	var keys [3]int64
	if err := json.Unmarshal(bytes[4:], &keys); err != nil {
		return b, err
	}
	type talk struct {
		id            int64
		title, status string
	}
	var talks []talk
	var ids []int64
	err = each(ctx, f.list, []any{keys[0], keys[1], keys[2]}, func(rows *sql.Rows) error {
		var t talk
		err := rows.Scan(&t.id, &t.title, &t.status)
		talks, ids = append(talks, t), append(ids, t.id)
		return err
	})
	if err != nil {
		return b, err
	}
	mediators, err := names(ctx, f.actors, "name", ids, 5)
	b = append(b, `{"talks":{"nodes":[`...)
	for i, t := range talks {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(strconv.AppendQuote(append(b, `{"title":`...), t.title), `,"talkStatus":"`+t.status+`","mediators":[`...)
		b = append(append(b, mediators[t.id].text...), `]}`...)
	}
	return append(b, `]}}`...), err
}

func (f *floor) answerDeep(ctx context.Context, b []byte, slug string) ([]byte, error) {
	var talk int64
	if err := f.talk.QueryRowContext(ctx, slug).Scan(&talk); err != nil {
		return b, err
	}
	type event struct {
		id                int64
		title, date, kind string
	}
	var events []event
	var ids []int64
	err := each(ctx, f.events, []any{talk}, func(rows *sql.Rows) error {
		var e event
		err := rows.Scan(&e.id, &e.title, &e.date, &e.kind)
		events, ids = append(events, e), append(ids, e.id)
		return err
	})
	if err != nil {
		return b, err
	}
	mediators, err := names(ctx, f.mediators, "name", ids, 0)
	if err != nil {
		return b, err
	}
	issues, err := names(ctx, f.issues, "title", ids, 0)
	b = append(b, `{"talk":{"events":{"nodes":[`...)
	for i, e := range events {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(strconv.AppendQuote(append(b, `{"title":`...), e.title), `,"occurredOn":{"edtf":"`+e.date+`"},"eventKind":"`+e.kind+`","mediators":[`...)
		b = append(append(append(b, mediators[e.id].text...), `],"issues":[`...), issues[e.id].text...)
		b = append(b, `]}`...)
	}
	return append(b, `]}}}`...), err
}

func (f *floor) answerPoint(ctx context.Context, b []byte, id string) ([]byte, error) {
	_, key, err := content.ID(id).Split()
	if err != nil {
		return b, err
	}
	var title, kind, outlook, basis string
	if err := f.event.QueryRowContext(ctx, int64(key)).Scan(&title, &kind, &outlook, &basis); err != nil {
		return b, err
	}
	b = strconv.AppendQuote(append(b, `{"event":{"title":`...), title)
	return append(b, `,"eventKind":"`+kind+`","outlook":"`+outlook+`","basis":"`+basis+`"}}`...), nil
}

// written is a list of objects, separated by commas.
type written struct {
	text []byte
	n    int
}

// names writes the objects with one field of each parent, at most so many of each; 0 is all.
func names(ctx context.Context, st *sql.Stmt, field string, parents []int64, most int) (map[int64]*written, error) {
	lists := make(map[int64]*written, len(parents))
	for _, p := range parents {
		lists[p] = &written{}
	}
	keys, err := json.Marshal(parents)
	if err != nil {
		return nil, err
	}
	return lists, each(ctx, st, []any{string(keys)}, func(rows *sql.Rows) error {
		var parent int64
		var name string
		if err := rows.Scan(&parent, &name); err != nil {
			return err
		}
		l := lists[parent]
		if l.n++; most > 0 && l.n > most {
			return nil
		}
		if l.n > 1 {
			l.text = append(l.text, ',')
		}
		l.text = append(strconv.AppendQuote(append(l.text, `{"`+field+`":`...), name), '}')
		return nil
	})
}

func each(ctx context.Context, st *sql.Stmt, args []any, f func(*sql.Rows) error) error {
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // rows.Err says what went wrong
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
