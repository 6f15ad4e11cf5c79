package store

import (
	"hash/maphash"
	"sync"
	"sync/atomic"

	"parley/content"
)

// maxDates bounds the dates that are kept parsed; it is even.
const maxDates = 32_768

// parsedDates are texts with the dates that they were parsed to: many items share a day, and almost every answer shows days.
var parsedDates = sync.OnceValue(func() *dateTable { return &dateTable{seed: maphash.MakeSeed()} })

// dateTable has two places for each text, which it shares with others: what was parsed last is there. Readers do not wait for
// a lock.
type dateTable struct {
	seed  maphash.Seed
	slots [maxDates]atomic.Pointer[parsed]
}

type parsed struct {
	text string
	date any // content.FuzzyDate, ready to be a value of a row
}

// parsedDate returns the date of a text as it is stored.
func parsedDate(text []byte) (any, error) {
	t := parsedDates()
	at := maphash.Bytes(t.seed, text) % maxDates
	for _, i := range [2]uint64{at, at ^ 1} {
		if p := t.slots[i].Load(); p != nil && p.text == string(text) {
			return p.date, nil
		}
	}
	p := &parsed{text: string(text)}
	d, err := content.ParseEDTF(p.text)
	if err != nil {
		return nil, err
	}
	p.date = d
	if !t.slots[at].CompareAndSwap(nil, p) {
		t.slots[at^1].Store(p)
	}
	return p.date, nil
}
