package store

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/store/sqlgen"
)

var release = flag.Bool("release", false, "add the migrations that are not released yet to testdata/released.txt")

// releasedMigrations is the list of the migrations that a release has, each with its checksum.
const releasedMigrations = "testdata/released.txt"

// TestReleasedMigrations compares the migrations with those that releases have: a database records the name and the checksum of each, and
// does not open where one is another. New ones come after the last.
func TestReleasedMigrations(t *testing.T) {
	list, err := steps()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(releasedMigrations)
	if err != nil {
		t.Fatal(err)
	}
	released := strings.Fields(string(text))
	for _, problem := range releasedProblems(list, released) {
		t.Error(problem)
	}
	if *release && !t.Failed() {
		var b strings.Builder
		for _, m := range list {
			fmt.Fprintf(&b, "%s %s\n", m.name, m.checksum)
		}
		if err := os.WriteFile(releasedMigrations, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// releasedProblems are the sentences that say which released migration is missing or another, and which new one is not the last.
func releasedProblems(list []migration, released []string) []string {
	var problems []string
	say := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	sums := map[string]string{}
	for _, m := range list {
		sums[m.name] = m.checksum
	}
	last := ""
	was := map[string]bool{}
	for i := 0; i+1 < len(released); i += 2 {
		name, sum := released[i], released[i+1]
		was[name], last = true, name
		switch now, there := sums[name]; {
		case !there:
			say("store/migrations/%s is released and is missing: bring it back, databases have its name", name)
		case now != sum:
			say("store/migrations/%s is released and was changed: take the change back, and write it as a migration after %s",
				name, list[len(list)-1].name)
		}
	}
	for _, m := range list {
		if !was[m.name] && m.name < last {
			say("store/migrations/%s comes before %s, which is released, so that existing databases would not open: "+
				"give it the number after the highest, which is that of %s", m.name, last, list[len(list)-1].name)
		}
	}
	return problems
}

// TestReleasedProblems spoils the list of migrations and looks for the sentences.
func TestReleasedProblems(t *testing.T) {
	released := []string{"0001_a.sql", "aa", "0002_b.sql", "bb"}
	for want, list := range map[string][]migration{
		"0001_a.sql is released and is missing":  {{name: "0002_b.sql", checksum: "bb"}},
		"0002_b.sql is released and was changed": {{name: "0001_a.sql", checksum: "aa"}, {name: "0002_b.sql", checksum: "cc"}},
		"0001_x.sql comes before 0002_b.sql": {
			{name: "0001_a.sql", checksum: "aa"}, {name: "0001_x.sql", checksum: "xx"}, {name: "0002_b.sql", checksum: "bb"},
		},
	} {
		if got := strings.Join(releasedProblems(list, released), "\n"); !strings.Contains(got, want) {
			t.Errorf("no problem says %q; there is %q", want, got)
		}
	}
	next := []migration{{name: "0001_a.sql", checksum: "aa"}, {name: "0002_b.sql", checksum: "bb"}, {name: "0003_c.sql", checksum: "cc"}}
	if got := releasedProblems(next, released); got != nil {
		t.Errorf("a new migration after the others has the problems %q", got)
	}
}

// TestMigrationsHaveWhatTypesDeclare compares the tables that the migrations make with content/types.go: each column of a field is in the
// table and in its history.
func TestMigrationsHaveWhatTypesDeclare(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	have := map[string]map[string]bool{}
	const query = "SELECT m.name, c.name FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table'"
	rows, err := s.readers.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		if have[table] == nil {
			have[table] = map[string]bool{}
		}
		have[table][column] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, problem := range columnProblems(have) {
		t.Error(problem)
	}
	delete(have["source_history"], "licence")
	const want = "no migration makes the column licence of source_history, which content/types.go declares: " +
		"add it to the table and to its history"
	if got := columnProblems(have); len(got) != 1 || got[0] != want {
		t.Errorf("without a column of a history there are the problems %q", got)
	}
}

// columnProblems are the sentences that say which declared columns tables do not have.
func columnProblems(have map[string]map[string]bool) []string {
	var problems []string
	for table, columns := range sqlgen.HistoryColumns() {
		for _, name := range []string{table, table + "_history"} {
			if have[name] == nil {
				problems = append(problems, fmt.Sprintf("no migration makes the table %s, which content/types.go declares", name))
				continue
			}
			for _, column := range columns {
				if !have[name][column] {
					const problem = "no migration makes the column %s of %s, which content/types.go declares: add it to the table and to its history"
					problems = append(problems, fmt.Sprintf(problem, column, name))
				}
			}
		}
	}
	return problems
}
