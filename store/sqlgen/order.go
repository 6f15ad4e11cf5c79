package sqlgen

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"parley/content"
)

// Ordering is how a list is sorted: expressions over x of which none is ever NULL and the last is unique.
type Ordering struct {
	Keys       []Expr
	descending bool
	// dated says that the first key is undated where there is no date: those rows come last in both directions.
	dated bool
	// long and short choose, in a timeline, the long dates that begin before a span and all that begin later; nil where
	// the list is one scan.
	long, short Expr
}

// Undated is the first sort key of a row without a date.
const Undated = math.MaxInt64

// Ordered returns the order of a list of the type.
func Ordered(t *content.Type, s content.Sort, v content.View) Ordering {
	o := Ordering{descending: s.Descending}
	switch s.Field {
	case "":
		o.Keys, o.dated = natural(t, v)
	case "createdAt":
		o.Keys = Texts("x.created_rev", "x.id")
	case "updatedAt":
		o.Keys = Texts("x."+seenRev(v), "x.id")
	case "latestEventOn":
		o.Keys, o.dated = Texts("x.latest_event", "x.id"), true
	case "number":
		o.Keys, o.dated = natural(t, v)
	case t.Title():
		o.Keys = byName(t, v)
	default:
		o.Keys, o.dated = byDate(s.Field), true
	}
	return o
}

// natural is the order of a type's lists where none is asked for, and whether it begins with a date.
func natural(t *content.Type, v content.View) ([]Expr, bool) {
	if dates := t.OrderDates(); len(dates) == 1 {
		return byDate(dates[0]), true
	} else if len(dates) > 1 {
		return Texts("MIN(x."+strings.Join(snakeAll(dates), "_earliest, x.")+"_earliest)", "x.id"), true
	}
	switch t.Name {
	case "Participation":
		name := displayNameExpr(content.TypeNamed("Mediator"), "a", "sort_key", Text("a.sort_key"), v)
		return []Expr{
			rank("x.role", content.ParticipationRole("").Values()), Text("x.since_earliest"),
			Format("(SELECT ? FROM ? WHERE a.id = x.actor_id)", name, Table{Name: "actor", Alias: "a"}), Text("x.id"),
		}, false
	case "Provision":
		return Texts("x.position", "x.id"), false
	default:
		return byName(t, v), false
	}
}

func snakeAll(names []string) []string {
	columns := make([]string, len(names))
	for i, name := range names {
		columns[i] = Snake(name)
	}
	return columns
}

// byName orders by what the items are called.
func byName(t *content.Type, v content.View) []Expr {
	return []Expr{displayNameExpr(t, "x", "sort_key", Text("x.sort_key"), v), Text("x.id")}
}

// byDate orders by a date; events whose dates cannot separate them follow the editor's sequence.
func byDate(field string) []Expr {
	column := "x." + Snake(field)
	if field == "occurredOn" {
		return Texts(column+"_earliest", column+"_latest", "COALESCE(x.sequence, 0)", "x.id")
	}
	return Texts(column+"_earliest", column+"_latest", "x.id")
}

// rank orders an enumeration as the model lists its values.
func rank(column string, values []string) Expr {
	return Text("INSTR(' " + strings.Join(values, " ") + " ', ' ' || " + column + " || ' ')")
}

// scanOrder is the order in which an index is scanned for a page; backward turns it round.
func (o Ordering) scanOrder(backward bool) Expr {
	if o.descending != backward {
		return Format("? DESC", List(" DESC, ", o.Keys...))
	}
	return List(", ", o.Keys...)
}

// by is the order of the whole page; backward turns it round.
func (o Ordering) by(backward bool) Expr {
	switch {
	case !o.descending || !o.dated:
		return o.scanOrder(backward)
	case backward:
		return Format("? DESC, ?", o.isUndated(), o.scanOrder(true))
	default:
		return Format("?, ?", o.isUndated(), o.scanOrder(false))
	}
}

// isUndated is the condition that a row has no date.
func (o Ordering) isUndated() Expr { return Format(fmt.Sprintf("(? = %d)", int64(Undated)), o.Keys[0]) }

// stretch is a part of a list that one scan of an index reads.
type stretch struct {
	condition Expr // on x, or nil
	after     bool // whether the row that the page starts after is in it
	before    bool // whether the row that the page ends before does
}

// stretches are the parts of the page between two rows, in the list's order: one, or first the dated and then the
// undated rows where the order is descending by date. A span of dates is two: those that began long before it, and the
// others.
func (o Ordering) stretches(after, before []any) []stretch {
	if o.long != nil {
		list := []stretch{{o.long, after != nil, before != nil}, {o.short, after != nil, before != nil}}
		if o.descending {
			slices.Reverse(list)
		}
		return list
	}
	if !o.descending || !o.dated {
		return []stretch{{after: after != nil, before: before != nil}}
	}
	with := stretch{condition: Format(fmt.Sprintf("? < %d", int64(Undated)), o.Keys[0])}
	without := stretch{condition: Format(fmt.Sprintf("? = %d", int64(Undated)), o.Keys[0])}
	list := []stretch{}
	if after == nil || !isUndated(after) {
		with.after, with.before = after != nil, before != nil && !isUndated(before)
		list = append(list, with)
	}
	if before == nil || isUndated(before) {
		without.after, without.before = after != nil && isUndated(after), before != nil
		list = append(list, without)
	}
	return list
}

func isUndated(keys []any) bool { return len(keys) > 0 && keys[0] == int64(Undated) }

// bound is the condition that x comes after (or before) the row with the keys, or is that row where orAt is set.
func (o Ordering) bound(keys []any, after, orAt bool, args *[]any) Expr {
	marks := make([]string, len(keys))
	for i, k := range keys {
		*args = append(*args, k)
		marks[i] = fmt.Sprintf("$%d", len(*args))
	}
	op := "<"
	if after != o.descending {
		op = ">"
	}
	if orAt {
		op += "="
	}
	return Format("(?) "+op+" ("+strings.Join(marks, ", ")+")", List(", ", o.Keys...))
}
