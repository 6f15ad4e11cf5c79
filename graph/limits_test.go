package graph_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/graph"
)

// fragments writes a chain of fragments of which each spreads the next twice.
func fragments(n int) string {
	var b strings.Builder
	b.WriteString("{ ...f0 }")
	for i := range n {
		fmt.Fprintf(&b, " fragment f%d on Query { ...f%d ...f%d }", i, i+1, i+1)
	}
	fmt.Fprintf(&b, " fragment f%d on Query { __typename }", n)
	return b.String()
}

// nested writes a field within itself.
func nested(n int, head, tail string) string {
	return strings.Repeat(head, n) + strings.Repeat(tail, n)
}

func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// cpu is the time that this process has had on processors so far.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// TestAttacks sends documents that are cheap to write and dear to answer. Each is refused, in about the time of a plain
// query and with a short answer.
func TestAttacks(t *testing.T) {
	s := newServiceWithin(t, graph.DefaultLimits())
	begin := cpu(t)
	for range 10 {
		if answer, _ := s.ask(t, "{ talks(first: 1) { nodes { title } } }", ""); !strings.HasPrefix(answer, `{"data":`) {
			t.Fatalf("a plain query is answered %s", answer)
		}
	}
	bound := 100 * (cpu(t) - begin) // 1,000 plain queries: the attacks took the stock handlers many times that
	for name, c := range map[string]struct{ query, want string }{
		"repeated __typename":       {"{" + strings.Repeat("__typename ", 7900) + "}", `"limitName":"root-fields"`},
		"88 kB of repeated fields":  {"{" + strings.Repeat("__typename ", 8000) + "}", `"limitName":"tokens"`},
		"4,000 repeated fields":     {"{ talks { nodes { " + strings.Repeat("title ", 4000) + "} } }", `"limitName":"repeats"`},
		"the same in fragments":     {"{ talks { nodes { " + strings.Repeat("... { title } ", 150) + "} } }", `"limitName":"repeats"`},
		"800 aliased __type":        {"{" + numbered(800, `a%d: __type(name: "Talk") { name } `) + "}", `"limitName":"`},
		"1,000 aliases":             {"{ talks { nodes { " + numbered(1000, "a%d: title ") + "} } }", `"limitName":"aliases"`},
		"50 fragments of 90 fields": {"{ talks { nodes { " + numbered(50, "...f%d ") + "} } } " + numbered(50, "fragment f%d on Talk { "+strings.Repeat("title ", 90)+"} "), `"limitName":"repeats"`},
		"900 operations":            {numbered(900, "query q%d { ...a } ") + "fragment a on Query { talks { nodes { " + strings.Repeat("title ", 90) + " } } }", `"limitName":"`},
		"30 introspections":         {"{" + numbered(30, "a%d: __schema { types { name fields { name } } } ") + "}", `"limitName":"introspections"`},
		"repeats in merged parents": {"{" + strings.Repeat("service { "+strings.Repeat("name ", 90)+"} ", 29) + "}", `"limitName":"repeats"`},
		"31 fields at the root":     {"{" + numbered(31, "... { a%d: service { name } } ") + "}", `"limitName":"root-fields"`},
		"fragments of 2^24":         {fragments(24), `"limitName":"`},
		"fragments of 2^200":        {fragments(200), `"limitName":"`},
		"a fragment in itself":      {"{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }", "leads back to itself"},
		"an unused fragment":        {"{ __typename } fragment a on Query { ...a }", "leads back to itself"},
		"the schema in itself":      {"{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }", "introspection depth"},
		"deep fields":               {"{ talks { nodes { " + nested(20, "parent { id ", "} ") + " } } }", `"limitName":"depth"`},
		"four nested pages of 100":  {"{ talks(first: 100) { nodes { children(first: 100) { nodes { events(first: 100) { nodes { talk { events(first: 100) { nodes { id } } } } } } } } } }", `"limitName":"cost"`},
		"pages by a variable":       {"query ($n: Int = 100) { talks(first: $n) { nodes { events(first: $n) { nodes { talk { events(first: $n) { nodes { id } } } } } } } }", `"limitName":"cost"`},
		"5,000 unknown fields":      {"{" + numbered(3000, "u%d ") + "}", `"limitName":"root-fields"`},
		"unknown fields of an item": {"{ talks { nodes { " + numbered(3000, "u%d ") + "} } }", "Cannot query field"},
		"a flood of directives":     {"{ talks " + strings.Repeat("@include(if: true) ", 500) + "{ totalCount } }", `"limitName":"directives"`},
		"200 spreads":               {"{ talks { nodes { " + numbered(201, "...f%d ") + "} } } " + numbered(201, "fragment f%d on Talk { title } "), `"limitName":"`},
		"1 MiB of digits":           {"{ talks(first: " + strings.Repeat("9", 1<<20) + ") { totalCount } }", `"code":`},
		"1 MiB of a name":           {"{ " + strings.Repeat("x", 1<<20) + " }", `"code":`},
		"1 MiB of an unknown text":  {`{ talk(slug: "` + strings.Repeat("x", 1<<20) + `") { id } }`, `"code":`},
		"nested lists":              {"{ talks(first: " + nested(3000, "[", "]") + ") { totalCount } }", `"code":`},
	} {
		t.Run(name, func(t *testing.T) {
			begin := cpu(t)
			answer, statements := s.ask(t, c.query, "")
			if took := cpu(t) - begin; took > bound {
				t.Errorf("took %s, more than %s", took, bound)
			}
			if strings.Contains(answer, `"code":"LIMIT_EXCEEDED"`) && !strings.Contains(answer, "send ") && !strings.Contains(answer, "ask for") && !strings.Contains(answer, "name each") && !strings.Contains(answer, "read the schema") && !strings.Contains(answer, "put one") {
				t.Errorf("the refusal does not say what to do instead: %.300s", answer)
			}
			if !strings.Contains(answer, c.want) || !strings.HasPrefix(answer, `{"errors":`) || len(answer) > 16<<10 || len(statements) > 0 {
				t.Errorf("answered %d bytes after %d statements: %.300s", len(answer), len(statements), answer)
			}
		})
	}
}

func TestTimeIsLimited(t *testing.T) {
	limits := graph.DefaultLimits()
	limits.Time = time.Nanosecond
	answer, _ := newServiceWithin(t, limits).ask(t, "{ talks { totalCount } }", "")
	if !strings.Contains(answer, `"code":"TIMEOUT"`) || !strings.Contains(answer, `"limitName":"time"`) {
		t.Errorf("answered %s", answer)
	}
}

// TestGatheredFieldsAreLimited asks an interface for fields, which count for each of its types.
func TestGatheredFieldsAreLimited(t *testing.T) {
	const query = `{ node(id: "talk_0000000000000") { ... on Content { id slug label revision } } }`
	limits := graph.DefaultLimits()
	for most, want := range map[int]string{
		20:  `"extensions":{"code":"LIMIT_EXCEEDED","docs":"/docs/errors#limit_exceeded","limit":20,"limitName":"gathered","value":`,
		100: `{"data":{"node":null}}`,
	} {
		limits.Gathered = most
		if answer, _ := newServiceWithin(t, limits).ask(t, query, ""); !strings.Contains(answer, want) {
			t.Errorf("with %d it is answered %s", most, answer)
		}
	}
}

// TestEachLimit asks for as much as a limit allows, which is answered, and for one more, which is refused by that limit.
func TestEachLimit(t *testing.T) {
	const n = 4
	for name, c := range map[string]struct {
		set   func(*graph.Limits)
		query func(n int) string
	}{
		"aliases":        {func(l *graph.Limits) { l.Aliases = n }, func(n int) string { return "{ talks { nodes { " + numbered(n, "a%d: title ") + "} } }" }},
		"root-fields":    {func(l *graph.Limits) { l.RootFields = n }, func(n int) string { return "{" + numbered(n, "a%d: service { name } ") + "}" }},
		"repeats":        {func(l *graph.Limits) { l.Repeats = n }, func(n int) string { return "{ talks { nodes { " + strings.Repeat("title ", n) + "} } }" }},
		"depth":          {func(l *graph.Limits) { l.Depth = n }, func(n int) string { return "{ talks { nodes { " + nested(n-3, "parent { id ", "} ") + " } } }" }},
		"fields":         {func(l *graph.Limits) { l.Fields = n }, func(n int) string { return "{ talks { nodes { " + numbered(n-2, "a%d: title ") + "} } }" }},
		"spreads":        {func(l *graph.Limits) { l.Spreads = n }, func(n int) string { return "{ " + strings.Repeat("... { service { name } } ", n) + "}" }},
		"directives":     {func(l *graph.Limits) { l.Directives = n }, func(n int) string { return "query { " + numbered(n, "a%d: service @include(if: true) { name } ") + "}" }},
		"introspections": {func(l *graph.Limits) { l.Introspections = n }, func(n int) string { return "{" + numbered(n, `a%d: __type(name: "Talk") { name } `) + "}" }},
		"conditions": {func(l *graph.Limits) { l.Conditions = n }, func(n int) string {
			return "{ talks(where: { or: [" + strings.Repeat(`{ slug: { eq: "a" } } `, n) + "] }) { totalCount } }"
		}},
		"filter-depth": {func(l *graph.Limits) { l.FilterDepth = n }, func(n int) string {
			return "{ talks(where: " + strings.Repeat("{ not: ", n) + `{ slug: { eq: "a" } }` + strings.Repeat(" }", n) + ") { totalCount } }"
		}},
		"filter-depth (of lists)": {func(l *graph.Limits) { l.FilterDepth = n }, func(n int) string {
			return "{ talks(where: " + strings.Repeat("{ children: { some: ", n) + `{ slug: { eq: "a" } }` + strings.Repeat(" } }", n) + ") { totalCount } }"
		}},
		"filter-depth (of parents)": {func(l *graph.Limits) { l.FilterDepth = n }, func(n int) string {
			return "{ talks(where: " + strings.Repeat("{ parent: ", n) + `{ slug: { eq: "a" } }` + strings.Repeat(" }", n) + ") { totalCount } }"
		}},
		"cost": {func(l *graph.Limits) { l.Cost = n }, func(n int) string { return fmt.Sprintf("{ talks(first: %d) { nodes { title } } }", n) }},
	} {
		t.Run(name, func(t *testing.T) {
			name, _, _ = strings.Cut(name, " ")
			limits := graph.DefaultLimits()
			c.set(&limits)
			s := newServiceWithin(t, limits)
			if answer, _ := s.ask(t, c.query(n), ""); !strings.HasPrefix(answer, `{"data":`) {
				t.Errorf("%s is answered %.300s", c.query(n), answer)
			}
			if answer, _ := s.ask(t, c.query(n+1), ""); !strings.Contains(answer, `"code":"LIMIT_EXCEEDED"`) || !strings.Contains(answer, `"limitName":"`+name+`"`) || strings.Contains(answer, "--max") {
				t.Errorf("%s is answered %.300s", c.query(n+1), answer)
			}
		})
	}
}

// TestLimitsAreInclusive asks for as much as is allowed.
func TestLimitsAreInclusive(t *testing.T) {
	s := newServiceWithin(t, graph.DefaultLimits())
	for name, query := range map[string]string{
		"50 aliases":              "{ talks { nodes { " + numbered(50, "a%d: title ") + "} } }",
		"30 root fields":          "{" + numbered(30, "a%d: service { name } ") + "}",
		"100 mentions":            "{ talks { nodes { " + strings.Repeat("title ", 100) + "} } }",
		"15 levels":               "{ talks { nodes { " + nested(12, "parent { id ", "} ") + " } } }",
		"two lists of the schema": "{ __schema { types { name fields { name args { name } type { name ofType { name } } } } } }",
	} {
		t.Run(name, func(t *testing.T) {
			if answer, _ := s.ask(t, query, ""); !strings.HasPrefix(answer, `{"data":`) {
				t.Errorf("answered %.300s", answer)
			}
		})
	}
}
