package plan

import (
	"parley/content"
	"parley/graph/operation"
)

// computed plans a record that is computed for each row, and the event that it leads to.
func (p *Planner) computed(sel *content.Selection, f *operation.Field) error {
	child := &content.Selection{Key: f.Path, Relation: f.Name, Type: content.RowType(f.Named), Rows: true, Fields: []string{"event"}, Self: f.Args["within"] == "SELF"}
	sel.Children = append(sel.Children, child)
	for _, sub := range f.Fields() {
		if sub.Name == "event" {
			if err := p.refer(child, "event", sub); err != nil {
				return err
			}
		}
	}
	return nil
}

// trackRecord writes what became of the optimism of a talk.
func (e *Encoder) trackRecord(r content.TrackRecord, f *operation.Field) error {
	return e.Object(f, func(sub *operation.Field) error {
		switch sub.Name {
		case "optimistic":
			return e.Value(r.Optimistic)
		case "kept":
			return e.Value(r.Kept)
		case "setBack":
			return e.Value(r.SetBack)
		case "open":
			return e.Value(r.Open)
		case "undetermined":
			return e.Value(r.Undetermined)
		default:
			return e.days(r.MedianDays, sub)
		}
	})
}

// followUp writes what followed an optimistic statement.
func (e *Encoder) followUp(sel *content.Selection, res *content.Result, row content.Row, f *operation.Field) error {
	follow, _ := row.Values[1].(content.FollowUp)
	return e.Object(f, func(sub *operation.Field) error {
		switch {
		case sub.Name == "outcome":
			return e.Value(follow.Outcome)
		case sub.Name == "days":
			return e.days(follow.Days, sub)
		case follow.Event.Key == 0:
			return e.Null()
		default:
			return e.refer(sel, res, follow.Event, sub)
		}
	})
}

func (e *Encoder) days(d *content.Days, f *operation.Field) error {
	if d == nil {
		return e.Null()
	}
	return e.Object(f, func(sub *operation.Field) error {
		if sub.Name == "min" {
			return e.Value(d.Min)
		}
		return e.Value(d.Max)
	})
}
