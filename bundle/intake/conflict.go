package intake

import (
	"fmt"
	"strings"

	"parley/content"
)

// Conflict is an item that changed in the record after the revision that its file knows.
type Conflict struct {
	Difference
	// Known is the revision of the file, Now the one that the record has changed the item at since, or deleted it.
	Known, Now content.Revision
	// Deleted reports that the item is not in the record any more.
	Deleted bool
}

// String gives the item, the two revisions and the names of the fields that differ.
func (c Conflict) String() string {
	name := strings.ToLower(c.Item.Type.Name) + "/" + string(c.Item.Slug)
	if c.Deleted {
		return fmt.Sprintf("%s: revision %d deleted it, the file has it as of revision %d", name, c.Now, c.Known)
	}
	fields := make([]string, len(c.Changes))
	for i, change := range c.Changes {
		fields[i] = change.Field
	}
	return fmt.Sprintf("%s: revision %d changed it, the file has it as of revision %d; they differ in %s", name, c.Now, c.Known, strings.Join(fields, ", "))
}

// Conflicts are all items of an import that changed in the record after the revisions that their files know, in the order
// of the files.
type Conflicts []Conflict //nolint:errname // they are conflicts, all at once

// Error gives a line for each conflict.
func (c Conflicts) Error() string {
	lines := make([]string, len(c))
	for i, x := range c {
		lines[i] = string(content.Conflict) + ": " + x.String()
	}
	return strings.Join(lines, "\n")
}

// judge notes a conflict: the item knows an older revision than the one that the record has changed it at, or deleted it,
// and says something else. An item that came to say the same is none.
func (t *taking) judge(d *Difference, was content.Item, known bool, deleted content.Revision) {
	now := was.Revision
	if !known {
		now = deleted
	}
	if t.Overwrite || d.Item.Revision == 0 || now <= d.Item.Revision || known && len(d.Changes) == 0 {
		return
	}
	d.Conflict = true
	t.conflicts = append(t.conflicts, Conflict{Difference: *d, Known: d.Item.Revision, Now: now, Deleted: !known})
}

// deleted returns the revisions that deleted items which know one and are not in the record any more.
func (t *taking) deleted(batch []content.Item, there records) (map[content.Ref]content.Revision, error) {
	gone := map[content.Ref]content.Revision{}
	if t.Overwrite {
		return gone, nil
	}
	keys := map[*content.Type][]content.Key{}
	for _, item := range batch {
		if _, is := there.item(item); !is && item.Revision > 0 {
			keys[item.Type] = append(keys[item.Type], item.Key)
		}
	}
	for typ, list := range keys {
		found, err := t.record.Deleted(t.ctx, typ, list)
		if err != nil {
			return nil, err
		}
		for key, rev := range found {
			gone[content.Ref{Type: typ.Name, Key: key}] = rev
		}
	}
	return gone, nil
}
