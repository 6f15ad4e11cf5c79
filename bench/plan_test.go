package bench

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	_ "modernc.org/sqlite" // the driver

	"parley/content"
	"parley/graph"
)

// slow is more time of a processor than any read of the big data set takes, the count of half of all events included.
const slow = 2 * time.Second

// plans asks SQLite how it runs what queries take.
type plans struct {
	*testing.T
	h          http.Handler
	db         *sql.DB
	statements []statement
	slowest    []string
}

type statement struct {
	text string
	args []any
}

// newPlans opens the database that -db names; without one, the test says so and is skipped.
func newPlans(t *testing.T) *plans {
	t.Helper()
	if *db == "" {
		t.Skip("SKIPPED: name a big data set: go run ./bench/generate --events 200000 --db big.db && go test ./bench -run Plans -db $PWD/big.db")
	}
	st, h := open(t)
	p := &plans{T: t, h: h}
	var err error
	if p.db, err = sql.Open("sqlite", "file:"+*db+"?mode=ro"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.db.Close() })
	st.Trace(func(text string, args []any) { p.statements = append(p.statements, statement{text, args}) })
	return p
}

// ask runs a query and returns its answer, which may be a refusal for what is beyond a limit.
func (p *plans) ask(query string) []byte {
	p.Helper()
	p.statements = nil
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		p.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	before := worked(p)
	p.h.ServeHTTP(w, r)
	took := worked(p) - before
	p.slowest = append(p.slowest, fmt.Sprintf("%7.1f ms  %s", float64(took.Microseconds())/1000, query))
	if took > slow {
		p.Errorf("%s\ntook %s", query, took)
	}
	if answer := w.Body.Bytes(); !bytes.HasPrefix(answer, []byte(`{"data":`)) && !bytes.Contains(answer, []byte("LIMIT_EXCEEDED")) {
		p.Errorf("%s\nanswered %.300s", query, answer)
	}
	return w.Body.Bytes()
}

// hold asks a query and holds each of its statements against what an index should do.
func (p *plans) hold(query string) {
	p.Helper()
	p.ask(query)
	for _, s := range slices.Clone(p.statements) {
		for _, step := range p.steps(s) {
			if fault := faultOf(s.text, step); fault != "" {
				p.Errorf("%s\n%s: %s in\n%s", query, fault, step, s.text)
			}
		}
	}
}

// steps are what SQLite does to run a statement.
func (p *plans) steps(s statement) []string {
	p.Helper()
	rows, err := p.db.QueryContext(p.Context(), "EXPLAIN QUERY PLAN "+s.text, s.args...)
	if err != nil {
		p.Fatalf("%v in\n%s", err, s.text)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			p.Fatal(err)
		}
		list = append(list, detail)
	}
	if err := rows.Err(); err != nil {
		p.Fatal(err)
	}
	return list
}

// faultOf says what is wrong with a step. The tables of talks, actors, issues and the like are small; those of events and
// of what belongs to them are not: they are read by an index, or walked in an order until a page is full or enough is
// counted. A list of all events is sorted where its rows were looked up, which is done for few.
func faultOf(text, step string) string {
	large := []string{"event", "event_mediators", "event_parties", "event_issues", "event_list", "naming", "search_text", "external_id", "change", "revision"}
	words := strings.Fields(step)
	switch {
	case words[0] == "SCAN" && strings.Contains(step, "VIRTUAL TABLE"):
		return ""
	case words[0] == "SCAN" && len(words) > 1:
		table := words[1]
		for _, name := range large {
			if table == name || strings.Contains(text, " "+name+" AS "+table) && table != "x" || table == "x" && strings.Contains(text, "FROM "+name+" AS x") {
				walk := strings.Contains(step, "USING") && strings.Contains(step, "INDEX") && strings.Contains(text, "LIMIT")
				if !walk {
					return "a scan of " + name
				}
			}
		}
	case step == "USE TEMP B-TREE FOR ORDER BY" && strings.Contains(text, "FROM event AS x") && !strings.Contains(text, "NOT INDEXED") && !strings.Contains(text, "x.id IN ("):
		return "a sort of events"
	}
	return ""
}

// TestFaultsAreSeen holds that plans which read or sort a whole table are told from those that do not.
func TestFaultsAreSeen(t *testing.T) {
	const list = "SELECT x.id FROM event AS x WHERE x.visible = 1 ORDER BY x.sort_key LIMIT $1"
	for _, c := range []struct{ text, step, want string }{
		{list, "SCAN x", "a scan of event"},
		{list, "SCAN x USING INDEX event_title", ""},
		{list, "SEARCH x USING INDEX event_kinds (event_kind=?)", ""},
		{list, "USE TEMP B-TREE FOR ORDER BY", "a sort of events"},
		{"SELECT COUNT(*) FROM event AS x", "SCAN x USING INDEX event_title", "a scan of event"},
		{"SELECT x.id FROM event AS x NOT INDEXED WHERE x.id IN (SELECT 1) ORDER BY x.sort_key", "USE TEMP B-TREE FOR ORDER BY", ""},
		{"SELECT j.owner_id FROM event_mediators AS j", "SCAN j", "a scan of event_mediators"},
		{"SELECT x.id FROM talk AS x", "SCAN x", ""},
	} {
		if got := faultOf(c.text, c.step); got != c.want {
			t.Errorf("%s: %q, want %q", c.step, got, c.want)
		}
	}
}

// TestPlansOfFilters asks every list by every operator of every field, for what is frequent and for what is rare, and in
// every order.
func TestPlansOfFilters(t *testing.T) {
	p := newPlans(t)
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: graph.SDL()})
	for _, f := range schema.Query.Fields {
		where := f.Arguments.ForName("where")
		if where == nil || f.Name == "search" {
			continue
		}
		typeName := strings.TrimSuffix(where.Type.Name(), "Where")
		t.Run(f.Name, func(t *testing.T) {
			p.T = t
			p.slowest = nil
			id := p.anyID(f.Name, content.TypeNamed(typeName))
			list := func(args, ask string) string { return "{ " + f.Name + "(" + args + ") { " + ask + " } }" }
			for _, test := range testsOf(schema, where.Type.Name(), id) {
				p.hold(list("where: "+test, "nodes { slug }"))
				p.hold(list("last: 5, where: "+test+", orderBy: {field: UPDATED_AT, direction: DESC}", "nodes { slug }"))
				p.ask(list("where: "+test, "totalCount"))
			}
			for _, v := range schema.Types[typeName+"OrderField"].EnumValues {
				for _, direction := range []string{"ASC", "DESC"} {
					by := "orderBy: {field: " + v.Name + ", direction: " + direction + "}"
					for _, page := range []string{"first: 5, ", "last: 5, "} {
						p.hold(list(page+by, "nodes { slug }"))
					}
				}
			}
			slices.Sort(p.slowest)
			slices.Reverse(p.slowest)
			t.Logf("%d queries; the slowest:\n%s", len(p.slowest), strings.Join(p.slowest[:min(12, len(p.slowest))], "\n"))
		})
	}
}

// anyID is the id of some item of a list, or of none where the list is empty.
func (p *plans) anyID(list string, t *content.Type) string {
	var answer struct {
		Data map[string]struct{ Nodes []struct{ ID string } }
	}
	if err := json.Unmarshal(p.ask("{ "+list+"(first: 1) { nodes { id } } }"), &answer); err != nil {
		p.Fatal(err)
	}
	if nodes := answer.Data[list].Nodes; len(nodes) > 0 {
		return nodes[0].ID
	}
	return string(content.NewID(t.Name, 1))
}

// testsOf are the tests of a filter input: each operator of each field with what it finds much and little by; to other
// items, by one of them and by any.
func testsOf(schema *ast.Schema, input, id string) []string {
	var list []string
	for _, f := range schema.Types[input].Fields {
		def := schema.Types[f.Type.Name()]
		switch {
		case f.Name == "isNull", f.Type.Elem != nil, f.Name == "not":
		case strings.HasSuffix(def.Name, "Where"):
			list = append(list, "{"+f.Name+": {}}", "{"+f.Name+": {isNull: true}}")
			if def.Fields.ForName("slug") != nil {
				list = append(list, "{"+f.Name+`: {slug: {startsWith: "talk-"}}}`)
			}
		case strings.HasSuffix(def.Name, "ListFilter"):
			for _, op := range []string{"some", "none"} {
				list = append(list, "{"+f.Name+": {"+op+": {}}}")
				if inner := schema.Types[def.Fields.ForName(op).Type.Name()]; inner.Fields.ForName("slug") != nil {
					list = append(list, fmt.Sprintf("{%s: {%s: {slug: {eq: %q}}}}", f.Name, op, strings.ToLower(strings.TrimSuffix(inner.Name, "Where"))+"-0"))
				}
			}
		case def.Name == "PlaceFilter":
			list = append(list, "{place: {isNull: true}}", "{place: {isNull: false}}", `{place: {name: {eq: "Doha"}}}`, `{place: {country: {startsWith: "Q"}}}`, `{place: {country: {isNull: false}}}`)
		default:
			for _, op := range def.Fields {
				for _, v := range operandsOf(schema, op, id) {
					list = append(list, "{"+f.Name+": {"+op.Name+": "+v+"}}")
				}
			}
		}
	}
	return list
}

// operandsOf are values of an operator: some that much has, and some that nothing has.
func operandsOf(schema *ast.Schema, op *ast.FieldDefinition, id string) []string {
	t := op.Type
	if t.Elem != nil {
		t = t.Elem
	}
	var list []string
	switch def := schema.Types[t.NamedType]; {
	case def.Kind == ast.Enum:
		list = []string{def.EnumValues[0].Name, "UNKNOWN"}
		if def.EnumValues.ForName("UNKNOWN") == nil {
			list[1] = def.EnumValues[len(def.EnumValues)-1].Name
		}
	case op.Name == "within":
	default:
		list = map[string][]string{
			"ID": {`"` + id + `"`}, "String": {`"nothing of it"`, `"en"`}, "Int": {"1", "100000"}, "Boolean": {"true", "false"},
			"EDTF": {`"2024-11"`, `"1990"`, `"2021"`}, "DateTime": {`"2020-05-03T00:00:00Z"`, `"2090-05-03T00:00:00Z"`},
		}[t.NamedType]
	}
	switch op.Name {
	case "startsWith":
		list = append(list, `"Event 199"`, `"E"`, `"event-1"`)
	case "contains":
		list = []string{`"nothing of it"`, `"talks"`, `"199: the"`}
	case "matches":
		list = []string{`"the"`, `"ceasefire corridor"`, `"zeppelin"`, `"tal* -the"`}
	}
	if op.Type.Elem != nil && len(list) > 0 {
		return []string{"[" + strings.Join(list, ", ") + "]", "[" + list[0] + "]", "[]"}
	}
	return list
}

// TestPlansOfReads asks what front ends ask all day: a statement for each relation on each level, and no scan.
func TestPlansOfReads(t *testing.T) {
	p := newPlans(t)
	after := cursor(t, p.h, 500)
	for _, c := range []struct {
		query      string
		statements int
	}{
		{`{ talk(slug: "talk-0") { events(last: 50) { nodes { title mediators { name } issues { title } } } } }`, 2},
		{`{ talk(slug: "talk-0") { events(first: 50, orderBy: {field: OCCURRED_ON, direction: DESC}) { totalCount nodes { title } } } }`, 2},
		{`{ mediator(slug: "mediator-0") { events(where: {occurredOn: {from: "2010-03", until: "2010-04"}}) { nodes { title } } } }`, 2},
		{`{ events(where: {mediators: {some: {slug: {eq: "mediator-1"}}}, occurredOn: {from: "2010-03", until: "2010-04"}}) { nodes { title } } }`, 1},
		{`{ events(where: {occurredOn: {from: "2020"}}) { nodes { title } } }`, 1},
		{`{ talks(where: {talkStatus: {in: [STALLED]}}, orderBy: {field: LATEST_EVENT_ON, direction: DESC}) { nodes { title } } }`, 1},
		{`{ events(first: 100` + after + `) { nodes { title } pageInfo { hasNextPage endCursor } } }`, 1},
		{`{ search(query: "ceasefire corridor") { edges { score node { label } } } }`, 2},
		{`{ talks(first: 20) { nodes { children(first: 5) { nodes { mediators(first: 3) { asParty { name } } } } } } }`, 3},
		{`{ talks(first: 20) { nodes { trackRecord { kept setBack } } } }`, 2},
	} {
		p.hold(c.query)
		if len(p.statements) != c.statements {
			t.Errorf("%s\ntook %d statements, want %d", c.query, len(p.statements), c.statements)
		}
	}
	t.Log(strings.Join(p.slowest, "\n"))
}
