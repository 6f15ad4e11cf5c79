package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/internal/parleytest"
)

// fullFile is a data set's own file, where it lies beside the repository. In CI the folder may be absent, but not one of its files.
func fullFile(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "shared", "data", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		if _, absent := os.Stat(filepath.Dir(path)); absent == nil && os.Getenv("CI") != "" {
			t.Fatalf("the folder of the data sets has no %s: %v", name, err)
		}
		t.Skipf("NOT TRIED: the data set is not beside the repository: %v", err)
	}
	return path
}

// TestPublishedDataSets imports both data sets whole, twice, and asks for what is in them.
func TestPublishedDataSets(t *testing.T) {
	ucdp, ceasefires := fullFile(t, "ucdp-peace-agreements-221.csv"), fullFile(t, "eth_prio_cf_ceasefires_1989-2020.csv")
	dir := t.TempDir()
	for _, step := range []struct{ from, file, first, last string }{
		{"ucdp-peace-agreements", ucdp, "UCDP Peace Agreement Dataset v22.1: 374 rows read, 0 skipped, 12 disputed, ", "0 deleted; revision 1"},
		{"eth-prio-ceasefires", ceasefires, "ETH/PRIO Civil Conflict CeaseFire Dataset: 4091 rows read, 0 skipped, ", "0 deleted; revision 2"},
		{"ucdp-peace-agreements", ucdp, "UCDP", "0 created, 0 changed, 1283 unchanged, 0 deleted; no revision was made"},
		{"eth-prio-ceasefires", ceasefires, "ETH", "0 created, 0 changed, 8459 unchanged, 0 deleted; no revision was made"},
	} {
		out, said, code := parleytest.Run(t, dir, "import", "--from", step.from, step.file)
		if code != 0 || !strings.HasPrefix(out, step.first) || !strings.HasSuffix(out, step.last+"\n") {
			t.Fatalf("exit %d, %s\n%s", code, said, out)
		}
	}
	cmd, url, _ := parleytest.StartProcess(t, dir, "--addr", "127.0.0.1:0")
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for query, want := range map[string]string{
		`{ talks { totalCount } u: agreements(where: {slug: {startsWith: "ucdp-"}}) { totalCount } c: agreements(where: {agreementKind: {in: [CEASEFIRE]}}) { totalCount } }`:                  `{"data":{"talks":{"totalCount":141},"u":{"totalCount":374},"c":{"totalCount":2203}}}`,
		`{ talk(externalId: {scheme: "ucdp-process", value: "105"}) { title talkLevel agreements { totalCount } } }`:                                                                           `{"data":{"talk":{"title":"Afghanistan: Government","talkLevel":"PROCESS","agreements":{"totalCount":1}}}}`,
		`{ agreement(externalId: {scheme: "ucdp-paid", value: "1565"}) { title agreementScope signedOn { label } talk { title } parties { name } citations { locator source { licence } } } }`: `{"data":{"agreement":{"title":"Peshawar Accord","agreementScope":"PARTIAL","signedOn":{"label":"24 April 1992"},"talk":{"title":"Afghanistan: Government"},"parties":[{"name":"Government of Afghanistan"},`,
		`{ disputed: agreements(where: {verification: {in: [DISPUTED]}, slug: {startsWith: "ucdp-"}}) { totalCount } }`:                                                                        `{"data":{"disputed":{"totalCount":12}}}`,
		`{ agreement(externalId: {scheme: "eth-prio-ceasefire", value: "70006"}) { title agreementSide effectiveOn { edtf } endedOn { edtf } related { agreement { slug } } } }`:               `{"data":{"agreement":{"title":"Ceasefire in Mexico, 17 January 1995","agreementSide":"UNILATERAL","effectiveOn":{"edtf":"1995-01-18"},"endedOn":null,"related":[{"agreement":{"slug":"eth-prio-70003"}},`,
		`{ party(externalId: {scheme: "ucdp-actor", value: "130"}) { name actorKind } }`:                                                                                                       `{"data":{"party":{"name":"Government of Afghanistan","actorKind":"STATE"}}}`,
	} {
		if got := parleytest.Ask(t, url, query); !strings.HasPrefix(got, want) {
			t.Errorf("%s\ngot  %s\nwant %s", query, got, want)
		}
	}
}
