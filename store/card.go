package store

import (
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"

	"modernc.org/sqlite"

	"parley/content"
)

// A card is what lists of events commonly ask of one, beside its place in the timelines of talks: a page of a talk's events
// is then one stretch of one table, while the events themselves stand apart. Like the places, cards are of what the public
// sees now and follow from the rows of the events: the writer derives them in the revision that changes those.
//
// In bytes a card is the key of its event and then its slots, each as its length plus one and its value; 0 is NULL.

// slot is one value of a card.
type slot struct {
	column string   // of event
	form   slotForm // how it stands in the card
	fields []string // what is read from it
}

type slotForm int

const (
	textSlot     slotForm = iota
	dateSlot              // EDTF
	verbatimSlot          // the words for the date before it
	numberSlot            // 8 bytes
	talkSlot              // the key of a talk, 8 bytes
	keysSlot              // an inlined list, 8 bytes a key
)

// slots are the values of a card in their order: what is asked most comes first. More can be added at the end only, with a
// migration that fills them.
func slots() []slot {
	return []slot{
		{"title", textSlot, []string{"title", "label"}},
		{"occurred_on", dateSlot, []string{"occurredOn"}},
		{"occurred_on_verbatim", verbatimSlot, []string{"occurredOn"}},
		{"event_kind", textSlot, []string{"eventKind"}},
		{"mediator_ids", keysSlot, []string{"mediators"}},
		{"issue_ids", keysSlot, []string{"issues"}},
		{"slug", textSlot, []string{"slug"}},
		{"party_ids", keysSlot, []string{"parties"}},
		{"talk_id", talkSlot, []string{"talk"}},
		{"outlook", textSlot, []string{"outlook"}},
		{"basis", textSlot, []string{"basis"}},
		{"verification", textSlot, []string{"verification"}},
		{"locale", textSlot, []string{"locale"}},
		{"from_rev", numberSlot, []string{"revision"}},
	}
}

// cardOf is the expression of the card of an event.
func cardOf(event string) string {
	list := []string{event + ".id"}
	for _, s := range slots() {
		list = append(list, event+"."+s.column)
	}
	return "event_card(" + strings.Join(list, ", ") + ")"
}

// provideCards makes the function event_card of statements, which makes a card of the key of an event and the columns of
// its slots.
var provideCards = sync.OnceValue(func() error {
	form := slots()
	err := sqlite.RegisterFunction("event_card", &sqlite.FunctionImpl{
		NArgs: -1, Deterministic: true, VolatileArgs: true,
		Scalar: func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) { return pack(form, args) },
	})
	if err != nil {
		return fmt.Errorf("provide cards of events: %w", err)
	}
	return nil
})

// pack makes a card.
func pack(form []slot, args []driver.Value) ([]byte, error) {
	if len(args) == 0 || len(args) > len(form)+1 {
		return nil, fmt.Errorf("a card of %d values", len(args))
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
			if form[i].form != keysSlot {
				card = append(binary.AppendUvarint(card, uint64(len(v))+1), v...)
				continue
			}
			n := 0
			for range keysIn(v) {
				n++
			}
			card = binary.AppendUvarint(card, uint64(8*n)+1)
			for key := range keysIn(v) {
				card = binary.BigEndian.AppendUint64(card, uint64(key)) //nolint:gosec // and so are keys of lists
			}
		default:
			return nil, fmt.Errorf("a card holds no %T", v)
		}
	}
	return card, nil
}

// packedKeys are the keys of an inlined list, 8 bytes each.
type packedKeys string

// all gives the keys in their order.
func (p packedKeys) all() iter.Seq[content.Key] {
	return func(yield func(content.Key) bool) {
		for rest := string(p); len(rest) >= 8; rest = rest[8:] {
			if !yield(keyAt(rest)) {
				return
			}
		}
	}
}

// keyAt is the key, or the number, in the first 8 bytes of a text.
func keyAt(text string) content.Key {
	_ = text[7]
	return content.Key(uint64(text[0])<<56 | uint64(text[1])<<48 | uint64(text[2])<<40 | uint64(text[3])<<32 | //nolint:gosec // a key is as many bits
		uint64(text[4])<<24 | uint64(text[5])<<16 | uint64(text[6])<<8 | uint64(text[7]))
}

// wanted are the values that a query takes from cards: for each slot, up to the last that it needs, the places of its
// fields among the values of a row.
type wanted []struct {
	form slotForm
	at   []int
}

// fromCards returns what the query takes from cards, or nil where they do not hold all that it asks.
func (q *query) fromCards() wanted {
	if q.timeline != talkTimeline || q.served || strings.Contains(q.walked.from, "JOIN") {
		return nil
	}
	form := slots()
	w, last, found := make(wanted, len(form)), 0, 0
	for i, s := range form {
		w[i].form = s.form
		for at, f := range q.fields {
			if slices.Contains(s.fields, f.name) {
				w[i].at = append(w[i].at, at)
				last = i + 1
				if s.form != verbatimSlot {
					found++
				}
			}
		}
	}
	if found < len(q.fields) {
		return nil
	}
	return w[:last]
}

var errBrokenCard = errors.New("the card of an event is broken: parley rebuild makes it anew")

// card reads a row from a card, which stands after the order keys.
func (q *query) card(found *row) (content.Row, error) {
	n := len(found.columns) - 1
	packed, _ := found.columns[n].([]byte)
	if len(packed) < 8 {
		return content.Row{}, errBrokenCard
	}
	text := string(packed)
	row := content.Row{Key: keyAt(text), Values: q.values.take(len(q.fields))}
	if q.sel.Cursors {
		for _, v := range found.columns[:n] {
			row.Order = append(row.Order, v)
		}
		row.Order = append(row.Order, int64(row.Key))
	}
	text = text[8:]
	for _, w := range q.cards {
		part, is, err := cut(&text)
		if err != nil {
			return row, err
		}
		for _, at := range w.at {
			if !is {
				continue
			}
			if err := w.form.value(&row.Values[at], part); err != nil {
				return row, err
			}
		}
	}
	return row, nil
}

// cut takes the value of a slot from the front of a card; is says that it is not NULL. A card that ends before has no more.
func cut(card *string) (part string, is bool, err error) {
	rest := *card
	if rest == "" {
		return "", false, nil
	}
	n, width := uint64(rest[0]), 1
	if n >= 0x80 {
		var head [binary.MaxVarintLen64]byte
		if n, width = binary.Uvarint(head[:copy(head[:], rest)]); width <= 0 {
			return "", false, errBrokenCard
		}
	}
	if rest = rest[width:]; n == 0 {
		*card = rest
		return "", false, nil
	}
	if n--; n > uint64(len(rest)) {
		return "", false, errBrokenCard
	}
	*card = rest[n:]
	return rest[:n], true, nil
}

// value sets the value of a field from what a slot has.
func (f slotForm) value(v *any, part string) (err error) {
	switch f {
	case dateSlot:
		*v, err = parsedDate(part)
	case verbatimSlot:
		date, _ := (*v).(content.FuzzyDate)
		*v = date.WithVerbatim(part)
	case numberSlot, talkSlot:
		if len(part) != 8 {
			return errBrokenCard
		}
		*v = int64(keyAt(part))
		if f == talkSlot {
			*v = content.Ref{Type: "Talk", Key: keyAt(part)}
		}
	case keysSlot:
		*v = packedKeys(part)
	case textSlot:
		*v = part
	}
	return err
}
