package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"parley/bundle"
	"parley/bundle/intake"
	"parley/content"
	"parley/store"
)

// printDifference prints what taking in would do to an item: a line for the item, and one for each of its fields.
func printDifference(ctx context.Context, w io.Writer, st *store.Store) func(intake.Difference) {
	names := namesOf(ctx, st)
	return func(d intake.Difference) {
		sign := "~"
		switch {
		case d.New:
			sign = "+"
		case d.Gone:
			sign = "-"
		}
		fmt.Fprintf(w, "%s %s/%s\n", sign, strings.ToLower(d.Item.Type.Name), d.Item.Slug) //nolint:errcheck // nobody reads it then
		for _, c := range d.Changes {
			f := d.Item.Type.Field(c.Field)
			if f == nil {
				f = &content.Field{Name: c.Field}
			}
			was, now := bundle.Show(f, plain(c.Before), plain(c.After), names)
			fmt.Fprintf(w, "    %s: %s -> %s\n", c.Field, was, now) //nolint:errcheck // nobody reads it then
		}
	}
}

// plain makes a text of a time.
func plain(v any) any {
	at, ok := v.(time.Time)
	switch {
	case !ok:
		return v
	case at.IsZero():
		return nil
	default:
		return at.Format(time.RFC3339)
	}
}

// namesOf finds what items in a store are called; those that are not there are called by their id.
func namesOf(ctx context.Context, st *store.Store) func(content.Ref) content.Slug {
	known := map[string]map[content.Key]content.Slug{}
	return func(ref content.Ref) content.Slug {
		if known[ref.Type] == nil {
			known[ref.Type] = map[content.Key]content.Slug{}
			slugs, err := st.Slugs(ctx, 0, content.TypeNamed(ref.Type))
			for slug, key := range slugs {
				known[ref.Type][key] = slug
			}
			if err != nil {
				return content.Slug(content.NewID(ref.Type, ref.Key))
			}
		}
		if slug, ok := known[ref.Type][ref.Key]; ok {
			return slug
		}
		return content.Slug(content.NewID(ref.Type, ref.Key))
	}
}

// printReport prints what became of the items that were taken in.
func printReport(w io.Writer, r intake.Report, dry bool) error {
	end := "no revision was made"
	switch {
	case dry:
		end = "nothing was written"
	case r.Revision > 0:
		end = fmt.Sprintf("revision %d", r.Revision)
	}
	_, err := fmt.Fprintf(w, "%d items: %d created, %d changed, %d unchanged, %d deleted; %s\n", r.Items(), r.Created, r.Changed, r.Unchanged, r.Deleted, end)
	return err
}
