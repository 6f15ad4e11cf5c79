package graph

import (
	"parley/content"
)

// computed plans a record that is computed for each row, and the event that it leads to.
func (p *planner) computed(sel *content.Selection, f *field) error {
	child := &content.Selection{Key: f.path, Relation: f.name, Type: content.RowType(f.named), Rows: true, Fields: []string{"event"}, Self: f.args["within"] == "SELF"}
	sel.Children = append(sel.Children, child)
	for _, sub := range f.fields() {
		if sub.name == "event" {
			if err := p.refer(child, "event", sub); err != nil {
				return err
			}
		}
	}
	return nil
}

// trackRecord writes what became of the optimism of a talk.
func (e *encoder) trackRecord(r content.TrackRecord, f *field) error {
	return e.object(f, func(sub *field) error {
		switch sub.name {
		case "optimistic":
			return e.value(r.Optimistic)
		case "kept":
			return e.value(r.Kept)
		case "setBack":
			return e.value(r.SetBack)
		case "open":
			return e.value(r.Open)
		case "undetermined":
			return e.value(r.Undetermined)
		default:
			return e.days(r.MedianDays, sub)
		}
	})
}

// followUp writes what followed an optimistic statement.
func (e *encoder) followUp(sel *content.Selection, res *content.Result, row content.Row, f *field) error {
	follow, _ := row.Values[1].(content.FollowUp)
	return e.object(f, func(sub *field) error {
		switch {
		case sub.name == "outcome":
			return e.value(follow.Outcome)
		case sub.name == "days":
			return e.days(follow.Days, sub)
		case follow.Event.Key == 0:
			return e.null()
		default:
			return e.refer(sel, res, follow.Event, sub)
		}
	})
}

func (e *encoder) days(d *content.Days, f *field) error {
	if d == nil {
		return e.null()
	}
	return e.object(f, func(sub *field) error {
		if sub.name == "min" {
			return e.value(d.Min)
		}
		return e.value(d.Max)
	})
}
