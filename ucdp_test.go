package main

import (
	"encoding/csv"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/content"
	"parley/graph"
	"parley/store"
)

// ucdp turns the rows of the UCDP Peace Agreement Dataset into processes, parties and agreements.
func ucdp(rows [][]string) []content.Item {
	at := map[string]int{}
	for i, name := range rows[0] {
		at[strings.TrimSpace(name)] = i
	}
	seen := map[content.Slug]bool{}
	var items []content.Item
	put := func(kind, slug string, values map[string]any) content.Ref {
		key := content.NamedKey(kind, content.Slug(slug))
		if s := content.Slug(slug); !seen[s] {
			seen[s] = true
			items = append(items, content.Item{Type: content.TypeNamed(kind), Key: key, Slug: s, Values: values})
		}
		return content.Ref{Type: kind, Key: key}
	}
	source := put("Source", "ucdp-peace-agreements", map[string]any{"title": "UCDP Peace Agreement Dataset v22.1", "licence": "CC BY 4.0"})
	for _, r := range rows[1:] {
		get := func(name string) string { return strings.TrimSpace(r[at[name]]) }
		talk := put("Talk", "ucdp-process-"+get("procID"), map[string]any{"title": get("conflict_name"), "talkLevel": "PROCESS"})
		var parties []content.Ref
		for id := range strings.SplitSeq(get("actor_id"), ",") {
			id = strings.TrimSpace(id)
			parties = append(parties, put("Party", "ucdp-actor-"+id, map[string]any{"name": "UCDP actor " + id}))
		}
		signed, err := content.ParseEDTF(get("pa_date"))
		if err != nil {
			signed = content.FuzzyDate{}
		}
		put("Agreement", "ucdp-"+get("paid"), map[string]any{
			"title": get("pa_name"), "talk": talk, "parties": parties, "signedOn": signed,
			"citations":   []map[string]any{{"source": source, "locator": get("paid"), "citationStance": "SUPPORTS"}},
			"externalIds": []map[string]any{{"scheme": "ucdp-paid", "value": get("paid")}},
		})
	}
	return items
}

func TestUCDPPeaceAgreements(t *testing.T) {
	f, err := os.Open(filepath.FromSlash("../shared/data/ucdp-peace-agreements-221.csv"))
	if err != nil {
		t.Skipf("the UCDP data set is not beside the repository: %v", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	for range 2 {
		if rev, err := st.Write(t.Context(), content.ChangeSet{Author: "test", Reason: "IMPORT", Items: ucdp(rows)}); err != nil || rev != 1 {
			t.Fatalf("revision %d, %v; want 1", rev, err)
		}
	}
	h, err := graph.New(graph.Config{Reader: st, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	for query, want := range map[string]string{
		`{ agreements { totalCount } talks { totalCount } }`:                                                          `{"data":{"agreements":{"totalCount":374},"talks":{"totalCount":141}}}`,
		`{ agreement(externalId: {scheme: "ucdp-paid", value: "1565"}) { title signedOn { label } talk { title } } }`: `{"data":{"agreement":{"title":"Peshawar Accord","signedOn":{"label":"24 April 1992"},"talk":{"title":"Afghanistan: Government"}}}}`,
	} {
		if got := ask(t, srv.URL, query); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", query, got, want)
		}
	}
	all := ask(t, srv.URL, `{ a: talks(first: 100) { nodes { agreements(first: 100) { nodes { slug parties(first: 4) { id } } } } } b: talks(last: 41) { nodes { agreements(first: 100) { nodes { slug parties(first: 4) { id } } } } } }`)
	if n := strings.Count(all, `"slug":`); n != 374 {
		t.Errorf("%d agreements are reached through their processes, want 374", n)
	}
	if strings.Contains(all, `"parties":[]`) {
		t.Error("an agreement has no party")
	}
}
