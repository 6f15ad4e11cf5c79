package plan

import (
	"slices"

	"parley/content"
	"parley/graph/operation"
)

// service plans what the field service reads from the record.
func (p *Planner) service(r *Root) {
	for _, f := range r.Field.Fields() {
		rows := map[string]string{"locales": "Locale", "revisionAt": "Moment"}[f.Name]
		if rows != "" && !slices.ContainsFunc(r.Sels, func(sel *content.Selection) bool { return sel.Type.Name == rows }) {
			r.Sels = append(r.Sels, &content.Selection{Key: f.Key, Type: content.RowType(rows), Rows: true})
		}
	}
}

// Serving is what the service says of itself in an answer: the version and limits of the server, to whom it answers, and at which revision.
type Serving struct {
	Version string
	Record  string
	Limits  []operation.Bound
	Who     content.Principal
	Head    content.Revision
	// RateLimited is whether a rate limit is enforced.
	RateLimited bool
}

// service writes what the service says of itself.
func (e *Encoder) service(r *Root, answers []*content.Result, by *Serving) error {
	return e.Object(r.Field, func(f *operation.Field) error {
		switch f.Name {
		case "name":
			return e.Value("parley")
		case "version":
			return e.Value(by.Version)
		case "revision":
			return e.Value(int64(by.Head))
		case "recordId":
			return e.Value(by.Record)
		case "revisionAt":
			rows := r.rows(answers, "Moment")
			if len(rows) == 0 {
				return e.Null()
			}
			return e.Value(rows[0].Values[0])
		case "locales":
			rows := r.rows(answers, "Locale")
			return e.List(len(rows), func(i int) error { return e.Value(rows[i].Values[0]) })
		case "limits":
			return e.limits(by.Limits, f)
		default:
			return e.me(by.Who, f)
		}
	})
}

// rows are those of the answer to the selection of a type.
func (r *Root) rows(answers []*content.Result, typeName string) []content.Row {
	for i, sel := range r.Sels {
		if sel.Type.Name == typeName {
			return answers[i].Lists[0].Rows
		}
	}
	return nil
}

// me writes the principal of the request, or null without a token.
func (e *Encoder) me(who content.Principal, f *operation.Field) error {
	if who.Token == 0 {
		return e.Null()
	}
	return e.Object(f, func(sub *operation.Field) error {
		switch {
		case sub.Name == "role":
			return e.Value(who.Role)
		case sub.Name == "name":
			return e.Value(who.Name)
		case who.Expires.IsZero():
			return e.Null()
		default:
			return e.Value(who.Expires)
		}
	})
}

// limits writes the limits that errors name.
func (e *Encoder) limits(list []operation.Bound, f *operation.Field) error {
	return e.List(len(list), func(i int) error {
		return e.Object(f, func(sub *operation.Field) error {
			switch sub.Name {
			case "name":
				return e.Value(list[i].Name)
			case "value":
				return e.Value(list[i].Value)
			case "unit":
				return e.Value(list[i].Unit)
			default:
				return e.Value(list[i].Flag)
			}
		})
	})
}
