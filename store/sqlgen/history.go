package sqlgen

import (
	"math"
	"sync"

	"parley/content"
)

// HistoryColumns names the columns of each table that has a history, but for from_rev: <table>_history has them too, and to_rev,
// the revision that ended the row.
var HistoryColumns = sync.OnceValue(func() map[string][]string {
	tables := map[string][]string{
		"mediator":    {"id"},
		"party":       {"id"},
		"talk_tree":   {"ancestor", "descendant", "depth"},
		"event_list":  {"list", "parent_id", "earliest", "latest", "sequence", "event_id", "card"},
		"external_id": {"type", "scheme", "value", "match_kind", "item_id"},
		"naming":      {"type", "item_id", "locale", "text", "sort_key", "title", "aliases"},
		"citation":    {"source_id", "type", "item_id"},
	}
	for _, t := range content.Types() {
		table := Snake(t.Base)
		own := []string{"id", "slug", "pub_status", "embargoed_until", "visible", "created_rev", "seen_rev"}
		tables[table] = append(own, StoredColumns(t.Fields)...)
		for i := range t.Fields {
			f := &t.Fields[i]
			switch f.Kind { //nolint:exhaustive // the others are columns
			case content.RefList:
				tables[RowTable(t, f)] = []string{"owner_id", "position", "ref_id"}
			case content.ChildRows:
				tables[RowTable(t, f)] = append([]string{"owner_id", "position", "id"}, StoredColumns(f.Fields)...)
			}
		}
	}
	for _, list := range Inlined()[content.TimelineType().Name] {
		tables["event"] = append(tables["event"], InlineColumn(list))
	}
	return tables
})

// RowTable is the table of the elements of a field that are rows of their own.
func RowTable(t *content.Type, f *content.Field) string { return Snake(t.Base) + "_" + Snake(f.Name) }

// StoredColumns names the columns that hold the values of fields.
func StoredColumns(fields []content.Field) []string {
	var names []string
	for i := range fields {
		f := &fields[i]
		name := Snake(f.Name)
		switch f.Kind {
		case content.RefList, content.ChildRows:
		case content.Date:
			names = append(names, name, name+"_verbatim", name+"_earliest", name+"_latest")
		case content.SingleRef:
			if names = append(names, name+"_id"); len(f.To) > 1 {
				names = append(names, name+"_type")
			}
		default:
			names = append(names, name)
		}
	}
	return names
}

// InOwnTable reports whether the elements of a field are rows of a table of their own.
func InOwnTable(f *content.Field) bool {
	return f.Kind == content.RefList || f.Kind == content.ChildRows
}

// EmbargoLayout is how the end of an embargo is stored: texts of it sort as the times do.
const EmbargoLayout = "2006-01-02T15:04:05.000Z"

// Standing ends a version that is not replaced yet.
const Standing = math.MaxInt64
