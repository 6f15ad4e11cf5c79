// Package sqlgen turns a selection into the statement that answers it. It has no database handle: where a choice depends on how many
// rows pass a condition, it calls the function that its caller gives it.
//
// # Pipeline
//
//	content.Selection, content.View
//	  NewQuery         the columns of the fields                                    query.go, table.go
//	  Query.Page       one statement for all parents                                query.go
//	    accessPathFor  index lookup, index scan or timeline scan                    access_path.go, timeline.go
//	    Conditions     a filter becomes predicates, indexed and residual            filter.go, predicates.go, names.go, search.go
//	    relation       the rows of a list, from one type to another                 relation.go, member.go, reach.go
//	    ordering       order keys, pages between cursors                            order.go
//	    facts          totals, facets, whether rows precede the page                query.go, facet.go
//	    covering rows  read in place of the rows where they hold all that is asked  covering_row.go, inline.go
//	  Expr             the statement as a value                                     expr.go, select.go
//	  Render           its text, with the tables of now
//	  RenderAsOf       its text, with the tables as they were at a revision         as_of.go, as_of_page.go
//
// The statements that answer no list are in citing.go, follow_up.go, last_change.go and locales.go.
//
// # Statements are values
//
// A statement is an [Expr] until it is rendered: a [Select] has columns, tables, conditions, an order and a limit, and each [Table] has
// its name, alias and access hint. Later steps change fields of these values and never a text: a page of one scan replaces the columns
// of its Select, and a view of the past replaces each Table with a history by its rows as they were. [Text] and the texts of [Format]
// name no table; a test checks this.
//
// # Example
//
// For the two newest events of a talk, in { talk(slug: "gaza") { events(last: 2) { nodes { title } } } }, the scan of the timeline is
//
//	&Select{
//		Cols:  Texts("l.card"),
//		From:  From(Table{Name: "event_list", Alias: "l"}),
//		Where: All(Text("l.list = 1"), Text("l.parent_id = $1")),
//		Order: Text("l.earliest DESC, l.latest DESC, l.sequence DESC, l.event_id DESC"),
//		Limit: Text("$2"),
//	}
//
// which renders as
//
//	SELECT l.card
//	FROM event_list AS l
//	WHERE l.list = 1
//	  AND l.parent_id = $1
//	ORDER BY l.earliest DESC, l.latest DESC, l.sequence DESC, l.event_id DESC
//	LIMIT $2
//
// As of a revision, the same value with the covering row of then renders with (SELECT ... FROM event_list WHERE event_list.from_rev <=
// $4 UNION ALL SELECT ... FROM event_list_history AS h WHERE ...) AS l in the place of event_list AS l.
package sqlgen
