package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"
	"sync"

	"modernc.org/sqlite"

	"parley/internal/fold"
)

// provideFolding makes functions of statements: fold_text and fold_words of a text, and fold_key of a language and a text. They
// serve migrations and [Store.Rebuild]; no index is over them, so that other programs can open the file.
var provideFolding = sync.OnceValue(func() error {
	var mu sync.Mutex
	keys := fold.NewKeyer()
	for name, f := range map[string]func(args []driver.Value) string{
		"fold_text":  func(args []driver.Value) string { return fold.Text(textOf(args[0])) },
		"fold_words": func(args []driver.Value) string { return fold.Spaced(textOf(args[0])) },
		"fold_key": func(args []driver.Value) string {
			mu.Lock()
			defer mu.Unlock()
			return keys.Key(strings.Clone(textOf(args[0])), textOf(args[1])) // the language is kept, the memory of an argument is SQLite's
		},
	} {
		n := int32(1)
		if name == "fold_key" {
			n = 2
		}
		err := sqlite.RegisterFunction(name, &sqlite.FunctionImpl{
			NArgs: n, Deterministic: true, // without VolatileArgs: the keyer keeps languages
			Scalar: func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) { return f(args), nil },
		})
		if err != nil {
			return fmt.Errorf("provide %s: %w", name, err)
		}
	}
	return nil
})

// textOf is the text that an argument of a function has, empty for NULL.
func textOf(v driver.Value) string {
	s, _ := v.(string)
	return s
}

// refold derives again what follows from texts by their folding: names and what they sort by, and the words that searches
// find, now and before. It runs the migration that last changed the folding once more.
func (w *writer) refold(ctx context.Context) error {
	text, err := migrations.ReadFile("migrations/0023_folding.sql")
	if err != nil {
		return fmt.Errorf("read the migration: %w", err)
	}
	if err := w.execOnce(ctx, string(text)); err != nil {
		return fmt.Errorf("fold names and texts: %w", err)
	}
	return nil
}
