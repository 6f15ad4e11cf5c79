package intake_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"parley/bundle/intake"
	"parley/content"
)

// noting is an empty record that notes what it is asked for.
type noting struct {
	intake.Empty
	calls []string
}

func (n *noting) Ahead(_ context.Context, items []content.Item) error {
	n.calls = append(n.calls, fmt.Sprint("ahead ", len(items)))
	return nil
}

func (n *noting) Apply(_ context.Context, set content.ChangeSet) (content.ApplyResult, error) {
	count := 0
	for _, err := range set.Stream {
		if err != nil {
			n.calls = append(n.calls, err.Error())
			return content.ApplyResult{}, err
		}
		count++
	}
	n.calls = append(n.calls, fmt.Sprint("apply ", count))
	return content.ApplyResult{}, nil
}

// TestItemsAreReadAhead holds that the items of a short import are handed over before the record is written to, and that all items
// and the error that ends them come through, however many they are.
func TestItemsAreReadAhead(t *testing.T) {
	items := func(n int, err error) iter.Seq2[content.Item, error] {
		return func(yield func(content.Item, error) bool) {
			for i := range n {
				if !yield(content.Item{Type: content.TypeNamed("Source"), Key: content.Key(i + 1), Values: map[string]any{"title": "S"}}, nil) {
					return
				}
			}
			if err != nil {
				yield(content.Item{}, err)
			}
		}
	}
	for _, c := range []struct {
		n    int
		err  error
		want []string
	}{
		{0, nil, []string{"ahead 0", "apply 0"}},
		{3, nil, []string{"ahead 3", "apply 3"}},
		{999, nil, []string{"ahead 999", "apply 999"}},
		{1000, nil, []string{"apply 1000"}},
		{2500, nil, []string{"apply 2500"}},
		{3, errors.New("a bad file"), []string{"a bad file"}},
		{1500, errors.New("a bad file"), []string{"a bad file"}},
	} {
		record := &noting{}
		_, err := intake.Take(t.Context(), record, items(c.n, c.err), intake.Options{Author: "test", Reason: "IMPORT"})
		if (err != nil) != (c.err != nil) || !slices.Equal(record.calls, c.want) {
			t.Errorf("%d items, then %v: %q, %v; want %q", c.n, c.err, record.calls, err, c.want)
		}
	}
}
