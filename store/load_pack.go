package store

import (
	"slices"
	"time"

	"parley/content"
	"parley/store/sqlgen"
)

// packed is what a bulk load has wait of a new event: the values of its row, its lists, each after its length, and the
// names of its fields as the log has them.
type packed struct {
	bytes   []byte
	columns []string // of the row
	visible bool     // whether the public sees the event
}

// packer packs the events of a revision.
type packer struct {
	rev     content.Revision
	now     time.Time
	columns []string
}

// pack packs an event as it is where it is new; nil for any other item.
func (k *packer) pack(p *prepared) (*packed, error) {
	if p.Type.Timeline == "" {
		return nil, nil //nolint:nilnil // nothing of it waits
	}
	row := itemCells(p, nil, k.now)
	changed := differing(row, nil)
	visible := visibleIn(row)
	rev := int64(k.rev)
	row = slices.Concat(row, p.inline, p.sortKey(), []cell{{column: "from_rev", value: rev}, {column: "created_rev", value: rev}, {column: "seen_rev", value: rev}, {column: "id", value: int64(p.Key)}})
	if k.columns == nil {
		k.columns = columnNames(row)
	}
	values := make([]any, 0, len(row)+16)
	for _, c := range row {
		values = append(values, c.value)
	}
	for _, name := range sqlgen.Inlined()[p.Type.Name] {
		list := p.lists[name]
		values = append(values, int64(len(list)))
		for _, element := range list {
			values = append(values, element[0].value)
		}
		if len(list) > 0 {
			changed = append(changed, name)
		}
	}
	fields, err := fieldList(slices.DeleteFunc(changed, func(field string) bool { return field == "" }))
	if err != nil {
		return nil, err
	}
	b, err := packValues(append(values, fields))
	return &packed{b, k.columns, visible}, err
}
