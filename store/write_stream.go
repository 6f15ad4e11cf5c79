package store

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"parley/content"
	"parley/internal/crash"
)

const (
	// many is from how many items on a stream is loaded in bulk: from the first whole batch on.
	many = batchAhead
	// batchAhead is how many items are prepared for the writer at once, and put in the order of their keys, which is that
	// of the tables.
	batchAhead = 1000
)

// ahead is a batch of items that were read, or are prepared, or why there are no more.
type ahead[T any] struct {
	items []T
	err   error
}

// prepareStream reads and prepares the items of a stream on separate goroutines, until stop is closed.
func (w *writer) prepareStream(items iter.Seq2[content.Item, error], to targets, stop chan struct{}) (read chan ahead[content.Item], batches chan ahead[*prepared]) {
	read, batches = make(chan ahead[content.Item], 1), make(chan ahead[*prepared], 1)
	go func() {
		defer close(read)
		if err := crash.Call(func() { readAhead(items, read, stop) }); err != nil {
			send(ahead[content.Item]{err: err}, read, stop)
		}
	}()
	go func() {
		defer close(batches)
		if err := crash.Call(func() { prepareAhead(read, to, w.textsAtOnce(), &packer{rev: w.rev, now: w.clock}, batches, stop) }); err != nil {
			send(ahead[*prepared]{err: err}, batches, stop)
		}
	}()
	return read, batches
}

// stream puts the items of a stream as they come, which are read, and prepared, beside the writing. Many are loaded in bulk
// where that is allowed: it is for sets that delete nothing.
func (w *writer) stream(ctx context.Context, items iter.Seq2[content.Item, error], inBulk bool) error {
	to, stop := targets{}, make(chan struct{})
	read, batches := w.prepareStream(items, to, stop)
	defer func() {
		close(stop)
		for range batches { // until nothing is prepared any more
		}
		for range read { // and nothing reads the record
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
			if !inBulk {
				if err := w.putAll(ctx, batch.items, w.putPrepared); err != nil {
					return err
				}
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
		if err := w.callerCtx.Err(); err != nil {
			return fmt.Errorf("write: %w", err)
		}
		if err := put(ctx, item); err != nil {
			return fmt.Errorf("write %s %q: %w", strings.ToLower(item.Type.Name), item.Slug, err)
		}
	}
	return nil
}

// readAhead reads the items of a stream in batches until it ends or the consumer stops.
func readAhead(items iter.Seq2[content.Item, error], batches chan<- ahead[content.Item], stop <-chan struct{}) {
	var batch ahead[content.Item]
	for item, err := range items {
		if batch.err = err; err == nil {
			if batch.items = append(batch.items, item); len(batch.items) < batchAhead {
				continue
			}
		}
		if !send(batch, batches, stop) {
			return
		}
		batch.items = nil
	}
	if len(batch.items) > 0 {
		send(batch, batches, stop)
	}
}

// prepareAhead prepares the batches of a stream until it ends or the consumer stops. It gathers what items refer to.
func prepareAhead(read <-chan ahead[content.Item], to targets, texts *derivedTexts, pack *packer, batches chan<- ahead[*prepared], stop <-chan struct{}) {
	for batch := range read {
		done := ahead[*prepared]{items: make([]*prepared, 0, len(batch.items)), err: batch.err}
		for _, item := range batch.items {
			if done.err != nil {
				break
			}
			if item.Given != nil {
				done.err = fmt.Errorf("write %s %q: it is a part of an item", strings.ToLower(item.Type.Name), item.Slug)
				break
			}
			var p *prepared
			if p, done.err = prepare(item, texts); done.err == nil {
				to.add(item.Type.Fields, item.Values)
				p.packed, done.err = pack.pack(p)
				done.items = append(done.items, p)
			}
		}
		slices.SortStableFunc(done.items, func(a, b *prepared) int { return cmp.Compare(a.Key, b.Key) })
		if !send(done, batches, stop) {
			return
		}
	}
}

// send hands a batch on, and reports whether more are wanted.
func send[T any](batch ahead[T], to chan<- ahead[T], stop <-chan struct{}) bool {
	select {
	case to <- batch:
		return batch.err == nil
	case <-stop:
		return false
	}
}
