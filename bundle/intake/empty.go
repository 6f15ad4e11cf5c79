package intake

import (
	"context"
	"errors"

	"parley/content"
)

// Empty is a record without content, which takes none in: a dry run without a database compares files with it.
type Empty struct{}

// Items hands over nothing.
func (Empty) Items(context.Context, content.Revision, *content.Type, func(content.Item) error) error {
	return nil
}

// Slugs returns none.
func (Empty) Slugs(context.Context, content.Revision, *content.Type) (map[content.Slug]content.Key, error) {
	return map[content.Slug]content.Key{}, nil
}

// Head returns 0.
func (Empty) Head(context.Context) (content.Revision, error) { return 0, nil }

// Find returns none.
func (Empty) Find(context.Context, *content.Type, []content.Key) (map[content.Key]content.Item, error) {
	return map[content.Key]content.Item{}, nil
}

// Deleted returns none.
func (Empty) Deleted(context.Context, *content.Type, []content.Key) (map[content.Key]content.Revision, error) {
	return map[content.Key]content.Revision{}, nil
}

// Citing returns none.
func (Empty) Citing(context.Context, content.Key) ([]content.Ref, error) { return nil, nil }

// Identifiers returns none.
func (Empty) Identifiers(context.Context, *content.Type) (map[content.ExternalID]content.Key, error) {
	return map[content.ExternalID]content.Key{}, nil
}

// Ahead derives nothing.
func (Empty) Ahead(context.Context, []content.Item) error { return nil }

// Apply refuses the change set.
func (Empty) Apply(context.Context, content.ChangeSet) (content.ApplyResult, error) {
	return content.ApplyResult{}, errors.New("there is no database to write to")
}
