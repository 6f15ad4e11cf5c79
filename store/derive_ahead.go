package store

import (
	"context"
	"fmt"

	"parley/content"
)

// Ahead derives the long texts of items that are about to be written as a stream, where they differ from the record, so that the
// stream finds them derived: it has the write queue from its first item to its last. Texts are kept within a bound.
func (s *Store) Ahead(ctx context.Context, items []content.Item) error {
	long := map[*content.Type][]content.Item{}
	for _, item := range items {
		if sizeOfTexts(item.Values) > shortText {
			long[item.Type] = append(long[item.Type], item)
		}
	}
	texts := s.queue.textsAtOnce()
	for t, list := range long {
		keys := make([]content.Key, len(list))
		for i, item := range list {
			keys[i] = item.Key
		}
		there, err := s.Find(ctx, t, keys)
		if err != nil {
			return err
		}
		for _, item := range list {
			was, known := there[item.Key]
			if item.Given != nil {
				item = content.Complete(was, item)
			}
			if known && len(content.Differences(was, item)) == 0 {
				continue
			}
			if err := texts.aheadOf(ctx, item); err != nil {
				return err
			}
		}
	}
	return nil
}

// ahead derives the long texts that a change set gives before it is queued, so that its first run has them.
func (d *derivedTexts) ahead(ctx context.Context, set content.ChangeSet) error {
	for _, item := range set.Items {
		if err := d.aheadOf(ctx, item); err != nil {
			return err
		}
	}
	for _, c := range set.Changes {
		if err := d.aheadOf(ctx, content.Item{Type: c.Type, Values: c.Values}); err != nil {
			return err
		}
	}
	return nil
}

// aheadOf derives the texts of an item if they are long.
func (d *derivedTexts) aheadOf(ctx context.Context, item content.Item) error {
	if sizeOfTexts(item.Values) <= shortText {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("wait to write: %w", err)
	}
	return (&prepared{Item: item}).derive(d)
}

// sizeOfTexts adds up the bytes of the texts in a value.
func sizeOfTexts(v any) int {
	n := 0
	switch v := v.(type) {
	case string:
		n = len(v)
	case []string:
		for _, text := range v {
			n += len(text)
		}
	case []map[string]any:
		for _, element := range v {
			n += sizeOfTexts(element)
		}
	case map[string]any:
		for _, part := range v {
			n += sizeOfTexts(part)
		}
	}
	return n
}
