package store

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"parley/content"
)

// A view of the past is the statement of now over the tables as they were. Each table that has a history gives way to
// those of its rows that are older than the revision and those former ones that it ended after. Two forms keep SQLite
// from reading all versions of a table where a few are wanted: what is sorted stands among the columns that are
// selected, and what is counted, or cut to a page, is fenced. Two marks behind a table say how its rows are found: BY KEY
// that they are looked up by their keys, BY END that few former rows ended after the revision.

// fence ends a statement that SQLite is to run by itself, and not as a part of the one around it.
const fence = "\nLIMIT -1 OFFSET 0"

// atMark stands for the revision that is read, in statements of the past.
const atMark = ":at"

// asOfKey names a statement of the past.
type asOfKey struct {
	text   string
	public bool
}

// asOf returns a statement with the tables as they were at the revision of the view, which becomes its last operand.
func (s *session) asOf(text string, args []any, v content.View) (string, []any) {
	key := asOfKey{text, v.Audience == content.Public}
	args = append(slices.Clip(args), int64(v.At))
	was, known := s.asOfTexts[key]
	if !known {
		was = asOfText(text, len(args), key.public)
		if len(s.asOfTexts) >= maxStatements {
			clear(s.asOfTexts)
		}
		s.asOfTexts[key] = was
	}
	return was, args
}

// asOfText writes a statement whose operand of that number is the revision.
func asOfText(text string, operand int, public bool) string {
	p := asOfRewriter{operand: fmt.Sprintf("$%d", operand), public: public, named: map[string]bool{}}
	for _, word := range wordPattern().FindAllString(text, -1) {
		p.named[word] = true
	}
	text = tablePattern().ReplaceAllStringFunc(text, func(mention string) string {
		m := tablePattern().FindStringSubmatch(mention)
		table, alias, found := m[2], m[3], m[4]
		if historyColumns()[table] == nil {
			return mention
		}
		if alias == "" {
			alias = " AS " + table
		}
		rows := p.rows(table, found)
		if found == lookupHint && public && slices.Contains(historyColumns()[table], "visible") {
			rows = p.row(table)
		}
		return m[1] + " (" + rows + ")" + alias
	})
	return strings.ReplaceAll(text, atMark, p.operand)
}

// wordPattern finds the names in a statement, tablePattern the tables that it reads.
var (
	wordPattern  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[a-z_]+`) })
	tablePattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\b(FROM|JOIN) ([a-z_]+)\b( AS [a-z]+)?( INDEXED BY [a-z_]+| BY KEY| BY END)?`)
	})
)

// asOfRewriter writes what stands for tables in statements of the past.
type asOfRewriter struct {
	operand string          // the placeholder of the revision
	public  bool            // whether only what the public sees now is read
	named   map[string]bool // the words of the statement
}

// The marks of how the rows of a table are found in statements of the past.
const (
	lookupHint   = " BY KEY"
	endIndexHint = " BY END"
)

// columns are the expressions for those columns of a table that the statement names: of its rows, and of former ones.
func (p asOfRewriter) columns(table string) (now, was []string) {
	add := func(column, former string) { now, was = append(now, column), append(was, former) }
	for _, c := range append(slices.Clip(historyColumns()[table]), "from_rev") {
		if p.named[c] {
			add(table+"."+c, "h."+c)
		}
	}
	if table == "talk" && p.named["latest_event"] {
		add(p.latestEvent(table)+latestColumn, p.latestEvent("h"))
	}
	if t := sorted(table); t != nil && p.named["sort_key"] {
		add(table+".sort_key", p.sortKey(t))
	}
	if now == nil {
		add("1", "1")
	}
	return now, was
}

// latestColumn names the column that is computed for talks.
const latestColumn = " AS latest_event"

// row selects the columns of a table as they were, of one row: the public sees the item now, so that its row is there.
// The former ones are looked at only where it is newer than the revision.
func (p asOfRewriter) row(table string) string {
	now, was := p.columns(table)
	later := table + ".from_rev > " + p.operand
	for i, column := range now {
		_, name, _ := strings.Cut(column, ".")
		if text, ok := strings.CutSuffix(column, latestColumn); ok {
			column, name = text, "latest_event"
		}
		if column != table+".id" {
			now[i] = "IIF(" + later + ", " + was[i] + ", " + column + ") AS " + name
		}
	}
	return "SELECT " + strings.Join(now, ", ") + " FROM " + table + " LEFT JOIN " + table + "_history AS h ON " + later + " AND h.id = " + table +
		".id AND h.to_rev = (SELECT MIN(m.to_rev) FROM " + table + "_history AS m WHERE m.id = " + table + ".id AND m.to_rev > " + p.operand + ")" +
		" WHERE " + table + ".visible = 1 AND (" + table + ".from_rev <= " + p.operand + " OR h.from_rev <= " + p.operand + ")"
}

// rows selects the columns of a table as they were.
func (p asOfRewriter) rows(table, found string) string {
	now, was := p.columns(table)
	return "SELECT " + strings.Join(now, ", ") + " FROM " + table + " WHERE " + table + ".from_rev <= " + p.operand +
		" UNION ALL SELECT " + strings.Join(was, ", ") + " FROM " + p.former(table, found)
}

// sorted is the type of the items of a table that keeps what they are sorted by, in their own language; else nil.
func sorted(table string) *content.Type {
	for _, t := range content.Types() {
		if snake(t.Base) == table && t.Title() != "" {
			return t
		}
	}
	return nil
}

// former is where the former rows h of a table stand that the revision had. An item that the public sees now has one of
// them at most: it is the first that ended after the revision, so that its other versions are not looked at.
func (p asOfRewriter) former(table, found string) string {
	valid, ended, index := "h.from_rev <= "+p.operand, "h.to_rev > "+p.operand, ""
	switch {
	case found == endIndexHint:
		index = " INDEXED BY " + table + "_history_end"
	case table == "event_list":
		ended = "+" + ended // no index finds it: the places are walked in their order
	}
	switch {
	case p.public && slices.Contains(historyColumns()[table], "visible"):
		return table + " AS n JOIN " + table + "_history AS h ON h.id = n.id AND h.to_rev = (SELECT MIN(m.to_rev) FROM " + table +
			"_history AS m WHERE m.id = n.id AND m.to_rev > " + p.operand + ") WHERE n.visible = 1 AND n.from_rev > " + p.operand + " AND " + valid
	case p.public && (table == "mediator" || table == "party"):
		valid += " AND EXISTS (SELECT 1 FROM " + table + " AS n WHERE n.id = h.id)"
	case p.public && table == "event_list":
		valid += " AND h.event_id NOT IN event_hidden"
	}
	return table + "_history AS h" + index + " WHERE " + ended + " AND " + valid
}

// latestEvent is the start of the latest event of a talk and of what belongs to it.
func (p asOfRewriter) latestEvent(talk string) string {
	p.named = map[string]bool{"list": true, "parent_id": true, "earliest": true}
	return fmt.Sprintf("COALESCE((SELECT l.earliest FROM (%s) AS l WHERE l.list = %d AND l.parent_id = %s.id AND l.earliest < %d ORDER BY l.earliest DESC LIMIT 1), %[4]d)",
		p.rows("event_list", ""), talkTimeline, talk, int64(undated))
}

// sortKey is what a former row h of a type was sorted by: the key of the name that it had.
func (p asOfRewriter) sortKey(t *content.Type) string {
	p.named = map[string]bool{"type": true, "item_id": true, "locale": true, "sort_key": true}
	return "CAST((SELECT k.sort_key FROM (" + p.rows("naming", "") + ") AS k WHERE k.type = '" + t.Base +
		"' AND k.item_id = h.id AND k.locale = COALESCE(h.locale, '')) AS TEXT)"
}
