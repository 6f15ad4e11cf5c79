package store

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"parley/content"
	"parley/internal/fold"
)

const (
	// many is from how many items on a stream is loaded in bulk: from the first whole batch on.
	many = batchAhead
	// batchAhead is how many items are prepared for the writer at once, and put in the order of their keys, which is that
	// of the tables.
	batchAhead = 1000
)

// ahead is a batch of items that are prepared, or why there are no more.
type ahead struct {
	items []*prepared
	err   error
}

// stream puts the items of a stream as they come, which are read and prepared beside the writing.
func (w *writer) stream(ctx context.Context, items iter.Seq2[content.Item, error]) error {
	batches, stop := make(chan ahead, 1), make(chan struct{})
	to := targets{}
	go prepareAhead(items, to, &packer{rev: w.rev, at: w.at}, batches, stop)
	defer func() {
		close(stop)
		for range batches { // until nothing reads the record any more
		}
	}()
	var waiting []*prepared
	var load *bulk
	for batch := range batches {
		if batch.err != nil {
			return batch.err
		}
		if load == nil {
			if len(batch.items) < many {
				waiting = batch.items
				continue
			}
			var err error
			if load, err = w.beginBulk(ctx); err != nil {
				return err
			}
		}
		if err := w.putAll(ctx, batch.items, func(ctx context.Context, item *prepared) error { return load.put(ctx, w, item) }); err != nil {
			return err
		}
		if err := w.flushLog(ctx); err != nil {
			return err
		}
	}
	if load == nil {
		if err := w.putAll(ctx, waiting, w.putPrepared); err != nil {
			return err
		}
		return w.reach(ctx, to)
	}
	if err := w.endBulk(ctx, load); err != nil {
		return err
	}
	return w.reach(ctx, to)
}

func (w *writer) putAll(ctx context.Context, items []*prepared, put func(context.Context, *prepared) error) error {
	for _, item := range items {
		if err := w.given.Err(); err != nil {
			return fmt.Errorf("write: %w", err)
		}
		if err := put(ctx, item); err != nil {
			return fmt.Errorf("write %s %q: %w", strings.ToLower(item.Type.Name), item.Slug, err)
		}
	}
	return nil
}

// prepareAhead prepares the items of a stream in batches until it ends or nobody wants more. It gathers what they refer to.
func prepareAhead(items iter.Seq2[content.Item, error], to targets, pack *packer, batches chan<- ahead, stop <-chan struct{}) {
	defer close(batches)
	keys := fold.NewKeyer()
	send := func(batch ahead) bool {
		slices.SortStableFunc(batch.items, func(a, b *prepared) int { return cmp.Compare(a.Key, b.Key) })
		select {
		case batches <- batch:
			return batch.err == nil
		case <-stop:
			return false
		}
	}
	var batch ahead
	for item, err := range items {
		var p *prepared
		if err == nil {
			if p, err = prepare(item, keys); err == nil {
				to.add(item.Type.Fields, item.Values)
				p.packed, err = pack.pack(p)
			}
		}
		if err != nil {
			send(ahead{err: err})
			return
		}
		if batch.items = append(batch.items, p); len(batch.items) == batchAhead {
			if !send(batch) {
				return
			}
			batch.items = nil
		}
	}
	if len(batch.items) > 0 {
		send(batch)
	}
}
