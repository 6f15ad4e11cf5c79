package intake

import (
	"context"
	"iter"

	"parley/content"
)

// fewItems is how many items an import has at most whose texts are derived before the record is locked. A longer one has the record
// for seconds anyway, and derives beside writing.
const fewItems = 1000

// readAhead reads the first items. Where those are all, what takes long to derive of them is derived before the record is locked, and
// other writers do not wait for it. It returns all items, and what ends the reading.
func readAhead(ctx context.Context, record Record, items iter.Seq2[content.Item, error]) (all iter.Seq2[content.Item, error], stop func(), err error) {
	next, stop := iter.Pull2(items)
	var read []content.Item
	var failed error
	more := true
	for more && failed == nil && len(read) < fewItems {
		var item content.Item
		if item, failed, more = next(); more && failed == nil {
			read = append(read, item)
		}
	}
	if !more {
		if err := record.Ahead(ctx, read); err != nil {
			stop()
			return nil, nil, err
		}
	}
	return func(yield func(content.Item, error) bool) {
		for _, item := range read {
			if !yield(item, nil) {
				return
			}
		}
		if failed != nil && !yield(content.Item{}, failed) {
			return
		}
		for more {
			var item content.Item
			var err error
			if item, err, more = next(); more && !yield(item, err) {
				return
			}
		}
	}, stop, nil
}
