package store

import (
	"sync"

	"parley/content"
)

// maxDates bounds the dates that are kept parsed.
const maxDates = 16_384

// parsedDates are texts with the dates that they were parsed to: many items share a day, and almost every answer shows days.
var parsedDates = sync.OnceValue(func() *dateTable { return &dateTable{parsed: map[string]any{}} })

type dateTable struct {
	mu     sync.RWMutex
	parsed map[string]any // content.FuzzyDate, ready to be a value of a row
}

// parsedDate returns the date of a text as it is stored.
func parsedDate(text string) (any, error) {
	t := parsedDates()
	t.mu.RLock()
	known, ok := t.parsed[text]
	t.mu.RUnlock()
	if ok {
		return known, nil
	}
	d, err := content.ParseEDTF(text)
	if err != nil {
		return nil, err
	}
	var v any = d
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.parsed) >= maxDates {
		clear(t.parsed)
	}
	t.parsed[text] = v
	return v, nil
}
