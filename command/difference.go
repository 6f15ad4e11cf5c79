package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"parley/bundle"
	"parley/bundle/intake"
	"parley/content"
)

// differences prints what taking in would do: a line for each item that differs, one for each of its fields, and in the
// end all values that would be cleared.
type differences struct {
	out     io.Writer
	names   func(content.Ref) content.Slug
	cleared []string
}

// add prints what taking in would do to an item.
func (p *differences) add(d intake.Difference) {
	sign := "~"
	switch {
	case d.Conflict:
		sign = "!"
	case d.New:
		sign = "+"
	case d.Gone:
		sign = "-"
	}
	name := nameOf(d.Item)
	fmt.Fprintf(p.out, "%s %s\n", sign, name) //nolint:errcheck // a failed write has no reader
	for _, c := range d.Changes {
		was, now := p.show(d.Item, c)
		fmt.Fprintf(p.out, "    %s: %s -> %s\n", c.Field, was, now) //nolint:errcheck // a failed write has no reader
	}
	for _, c := range d.Cleared {
		was, _ := p.show(d.Item, c)
		p.cleared = append(p.cleared, fmt.Sprintf("    %s %s: %s\n", name, c.Field, was))
	}
}

// end prints the values that would be cleared.
func (p *differences) end() {
	if len(p.cleared) > 0 {
		fmt.Fprintf(p.out, "cleared values: %d\n%s", len(p.cleared), strings.Join(p.cleared, "")) //nolint:errcheck // a failed write has no reader
	}
}

// show writes the two values of a field.
func (p *differences) show(item content.Item, c content.FieldChange) (was, now string) {
	f := item.Type.Field(c.Field)
	if f == nil {
		f = &content.Field{Name: c.Field}
	}
	return bundle.Show(f, plain(c.Before), plain(c.After), p.names)
}

// conflicts explains why an import was refused: the items, the revisions, and the values that differ.
func (p *differences) conflicts(list intake.Conflicts) error {
	var b strings.Builder
	fmt.Fprintf(&b, "nothing was written: %d items changed in the database after their files were exported\n", len(list))
	for _, c := range list {
		fmt.Fprintf(&b, "%s: %s\n", content.Conflict, c)
		for _, change := range c.Changes {
			was, now := p.show(c.Item, change)
			fmt.Fprintf(&b, "    %s: %s in the database, %s in the file\n", change.Field, was, now)
		}
	}
	b.WriteString("export these items again and repeat the edits, or import with --overwrite to have the files win")
	return errors.New(b.String())
}

// nameOf is what an item is called among items of all types.
func nameOf(item content.Item) string {
	return strings.ToLower(item.Type.Name) + "/" + string(item.Slug)
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

// namesOf returns the titles of items of a record; an item that is not there has its id.
func namesOf(ctx context.Context, record bundle.Contents) func(content.Ref) content.Slug {
	known := map[string]map[content.Key]content.Slug{}
	return func(ref content.Ref) content.Slug {
		if known[ref.Type] == nil {
			known[ref.Type] = map[content.Key]content.Slug{}
			slugs, err := record.Slugs(ctx, 0, content.TypeNamed(ref.Type))
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
	cleared := ""
	if r.Cleared > 0 {
		cleared = fmt.Sprintf(", %d values cleared", r.Cleared)
	}
	_, err := fmt.Fprintf(w, "%d items: %d created, %d changed, %d unchanged, %d deleted%s; %s\n", r.Items(), r.Created, r.Changed, r.Unchanged, r.Deleted, cleared, end)
	return err
}
