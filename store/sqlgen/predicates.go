package sqlgen

import (
	"slices"

	"parley/content"
)

// DefaultResidual is how many rows a list scans at most for the tests that no index serves.
const DefaultResidual = 50_000

// indexedFields are the fields of events whose values an index finds. Other types have few enough rows for any test.
func indexedFields() []string {
	return []string{
		"id", "slug", "revision", "createdAt", "updatedAt", "locale", "title", "eventKind", "outlook", "basis", "verification",
		"sequence", "recurring", "place", "place.name", "place.country", "pubStatus", "embargoedUntil",
	}
}

// sparseFields are the fields that few events have a value of: an index knows those that do.
func sparseFields() []string {
	return []string{"sequence", "recurring", "place", "place.name", "place.country", "embargoedUntil"}
}

// indexed reports whether an index finds the rows that pass a test, so that a list of any length answers it quickly; the
// other tests are residual: they run over the rows of the list in its order, and there only so far.
func indexed(t *content.Type, f *content.Filter) bool {
	many := t.Large
	switch f.Op {
	case content.Some:
		return !slices.ContainsFunc(f.Of, func(of *content.Filter) bool { return f.Type.Large && !indexed(f.Type, of) })
	case content.And, content.Or:
		return !slices.ContainsFunc(f.Of, func(of *content.Filter) bool { return !indexed(t, of) })
	case content.Not: // a value is there, or an item that may be seen
		of := f.Of[0]
		return of.Op == content.IsNull && (!many || of.Type != nil || slices.Contains(sparseFields(), of.Field))
	case content.IsNull:
		return !many || f.Field == "occurredOn" || f.Field == "talk"
	case content.During, content.Contains, content.Matches:
		return true
	default:
		return !many || slices.Contains(indexedFields(), f.Field)
	}
}

// SplitPredicates splits a filter into indexed predicates and residual ones.
func SplitPredicates(t *content.Type, f *content.Filter) (quick, rest []*content.Filter) {
	switch {
	case f == nil:
	case f.Op == content.And:
		for _, of := range f.Of {
			q, r := SplitPredicates(t, of)
			quick, rest = append(quick, q...), append(rest, r...)
		}
	case indexed(t, f):
		quick = append(quick, f)
	default:
		rest = append(rest, f)
	}
	return quick, rest
}

// predicateName names the field that a test is about, for messages.
func predicateName(f *content.Filter) string {
	for f.Field == "" && len(f.Of) > 0 {
		f = f.Of[0]
	}
	return f.Field
}

// ResidualExceeded is the refusal of a list whose residual tests would have to look at too many rows.
func ResidualExceeded(rest []*content.Filter, most int) error {
	e := content.Exceeded("residual", most, most+1, "the condition on %s is tested on every row, and the list has more than %d: add a condition that an index supports, "+
		"such as a date range, a kind, a talk or a mediator (limit residual)", predicateName(rest[0]), most)
	e.Field = "where"
	return e
}
