package store

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	"modernc.org/sqlite"

	"parley/content"
	"parley/store/sqlgen"
)

// A covering row is what lists of events commonly ask of one, beside its place in the timelines of talks: a page of a talk's events
// is then one stretch of one table, while the events themselves are in another. Like the places, covering rows are of what the public
// sees now and follow from the rows of the events: the writer derives them in the revision that changes those. The covering rows of
// former versions of an event are in a separate table, by the revisions that ended them, for views of the past. A place that ends keeps
// the covering row that it has, which says what the event was by then and since which revision, and spares them a look-up.
//
// In bytes a covering row is the key of its event and then its covering columns, each as its length plus one and its value; 0 is NULL.

// registerCoveringRow makes the function event_card of statements, which makes a covering row of the key of an event and the columns of
// its covering columns.
var registerCoveringRow = sync.OnceValue(func() error {
	err := sqlite.RegisterFunction("event_card", &sqlite.FunctionImpl{
		NArgs: -1, Deterministic: true, VolatileArgs: true,
		Scalar: func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) { return pack(args) },
	})
	if err != nil {
		return fmt.Errorf("write covering rows of events: %w", err)
	}
	return nil
})

// pack makes a covering row.
func pack(args []driver.Value) ([]byte, error) {
	form := sqlgen.CoveringColumns()
	if len(args) == 0 || len(args) > len(form)+1 {
		return nil, fmt.Errorf("a covering row of %d values", len(args))
	}
	key, _ := args[0].(int64)
	card := binary.BigEndian.AppendUint64(make([]byte, 0, 256), uint64(key)) //nolint:gosec // a key is as many bits
	for i, v := range args[1:] {
		switch v := v.(type) {
		case nil:
			card = append(card, 0)
		case int64:
			card = binary.BigEndian.AppendUint64(append(card, 9), uint64(v)) //nolint:gosec // and so are numbers
		case string:
			if form[i].Form != sqlgen.KeysForm {
				card = append(binary.AppendUvarint(card, uint64(len(v))+1), v...)
				continue
			}
			keys := slices.Collect(keysIn(v))
			card = binary.AppendUvarint(card, uint64(8*len(keys))+1)
			for _, key := range keys {
				card = binary.BigEndian.AppendUint64(card, uint64(key)) //nolint:gosec // and so are keys of lists
			}
		default:
			return nil, fmt.Errorf("a covering row cannot hold a %T", v)
		}
	}
	return card, nil
}

// archiveCoveringRows derives the covering rows of those former versions h of events that a condition chooses and the public saw.
func (w *writer) archiveCoveringRows(ctx context.Context, chosen string, args ...any) error {
	text := "INSERT OR REPLACE INTO event_card_history (event_id, to_rev, card) SELECT h.id, h.to_rev, " + sqlgen.CoveringRowOf("h") +
		"\nFROM event_history AS h\nWHERE h.visible = 1 AND " + chosen
	if _, err := w.exec(ctx, text, args...); err != nil {
		return fmt.Errorf("archive the covering rows of former versions: %w", err)
	}
	return nil
}

// packedKeys are the keys of an inlined list, 8 bytes each.
type packedKeys []byte

// keyAt is the key, or the number, in the first 8 bytes.
func keyAt(b []byte) content.Key { return content.Key(binary.BigEndian.Uint64(b)) } //nolint:gosec // a key is as many bits

var errBrokenCoveringRow = errors.New("the covering row of an event is damaged: run parley rebuild")

// readCoveringRow reads a row from what cardList names.
func (q *rowReader) readCoveringRow(columns []driver.Value) (content.Row, error) {
	n := len(columns) - 1
	card, _ := columns[n].([]byte)
	if len(card) < 8 {
		return content.Row{}, errBrokenCoveringRow
	}
	row := content.Row{Key: keyAt(card), Values: q.values.take(len(q.Fields))}
	if q.Sel.Cursors && n > 0 {
		row.Order = make([]any, 0, n+1)
		for _, v := range columns[:n] {
			row.Order = append(row.Order, v)
		}
		row.Order = append(row.Order, int64(row.Key))
	}
	card = card[8:]
	for _, w := range q.Covered {
		part, rest, err := cut(card)
		if err != nil {
			return row, err
		}
		card = rest
		for _, at := range w.At {
			if part == nil {
				continue
			}
			if err := q.setCovered(w.Form, &row.Values[at], part); err != nil {
				return row, err
			}
		}
	}
	return row, nil
}

// cut takes the value of a covering column from the front of a covering row; nil is NULL. A covering row that ends before has no more.
func cut(card []byte) (part, rest []byte, err error) {
	if len(card) == 0 {
		return nil, nil, nil
	}
	n, width := uint64(card[0]), 1
	if n >= 0x80 {
		if n, width = binary.Uvarint(card); width <= 0 {
			return nil, nil, errBrokenCoveringRow
		}
	}
	if card = card[width:]; n == 0 {
		return nil, card, nil
	}
	if n--; n > uint64(len(card)) {
		return nil, nil, errBrokenCoveringRow
	}
	return card[:n:n], card[n:], nil
}

// setCovered sets the value of a field from what a covering column has.
func (q *rowReader) setCovered(form sqlgen.ColumnForm, v *any, part []byte) (err error) {
	switch form {
	case sqlgen.DateForm:
		*v, err = parsedDate(part)
	case sqlgen.VerbatimForm:
		date, _ := (*v).(content.FuzzyDate)
		*v = withVerbatim(date, string(part))
	case sqlgen.NumberForm, sqlgen.TalkForm:
		if len(part) != 8 {
			return errBrokenCoveringRow
		}
		*v = int64(keyAt(part))
		if form == sqlgen.TalkForm {
			*v = content.Ref{Type: "Talk", Key: keyAt(part)}
		}
	case sqlgen.KeysForm:
		if len(q.keys) == cap(q.keys) {
			q.keys = make([]packedKeys, 0, 128)
		}
		q.keys = append(q.keys, part)
		*v = &q.keys[len(q.keys)-1] // a pointer is a value without more room
	case sqlgen.EnumForm:
		if *v = enumerated()[string(part)]; *v == nil {
			*v = string(part)
		}
	case sqlgen.TextForm:
		*v = string(part)
	}
	return err
}

// enumerated are the values of the enumerations of events, ready to be values of a row.
var enumerated = sync.OnceValue(func() map[string]any {
	known := map[string]any{}
	for _, f := range content.TypeNamed("Event").Fields {
		for _, v := range f.Enum {
			known[v] = v
		}
	}
	return known
})
