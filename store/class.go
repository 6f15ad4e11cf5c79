package store

import (
	"slices"

	"parley/content"
)

// defaultResidual is how many rows a list walks at most for the tests that no index serves.
const defaultResidual = 50_000

// served reports whether an index finds the rows that pass a test, so that a list of any length answers it quickly; the
// other tests are residual: they run over the rows of the list in its order, and there only so far.
func served(t *content.Type, f *content.Filter) bool {
	switch f.Op {
	case content.Some, content.During, content.Contains, content.Matches:
		return true
	case content.In:
		// Events are many. What other types have is few enough for any equality.
		return t.Name != "Event" || len(f.Values) == 0 || slices.Contains([]string{"id", "slug", "eventKind", "outlook", "basis", "verification"}, f.Field)
	case content.StartsWith:
		return t.Name != "Event" || f.Field == "slug"
	case content.IsNull:
		return t.Name != "Event"
	case content.Or:
		return !slices.ContainsFunc(f.Of, func(of *content.Filter) bool { return of.Op == content.Some || !served(t, of) })
	case content.And:
		return !slices.ContainsFunc(f.Of, func(of *content.Filter) bool { return !served(t, of) })
	default:
		return false
	}
}

// classed takes a filter that all rows pass apart into the tests that are served and those that are residual.
func classed(t *content.Type, f *content.Filter) (quick, rest []*content.Filter) {
	switch {
	case f == nil:
	case f.Op == content.And:
		for _, of := range f.Of {
			q, r := classed(t, of)
			quick, rest = append(quick, q...), append(rest, r...)
		}
	case served(t, f):
		quick = append(quick, f)
	default:
		rest = append(rest, f)
	}
	return quick, rest
}

// nameOf names the field that a test is about, for messages.
func nameOf(f *content.Filter) string {
	for f.Field == "" && len(f.Of) > 0 {
		f = f.Of[0]
	}
	return f.Field
}

// tooLong is the refusal of a list whose residual tests would have to look at too many rows.
func tooLong(rest []*content.Filter, most int) error {
	e := content.Exceeded("--max-residual", most, most+1, "the test of %s looks at every row, and the list has more than %d: add a condition that an index serves, "+
		"such as a date range, a kind, a talk or a mediator (--max-residual)", nameOf(rest[0]), most)
	e.Field = "where"
	return e
}
