package service_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"parley/graph"
	"parley/internal/parleytest"
)

// TestRelay compiles, with Relay's compiler, a refetchable fragment on each type with an id, and one with pages of each of
// its connections. The operations that it makes are answered.
func TestRelay(t *testing.T) {
	const compiler = "../web/relay/node_modules/relay-compiler/cli.js"
	if _, err := os.Stat(compiler); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("relay-compiler is not installed: run npm ci in web/relay (%v)", err)
		}
		t.Skip("NOT TRIED: relay-compiler is not installed; run npm ci in web/relay")
	}
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: graph.SDL()})
	dir := t.TempDir()
	parleytest.Write(t, filepath.Join(dir, "schema.graphql"), graph.SDL())
	parleytest.Write(t, filepath.Join(dir, "relay.config.json"), `{"src": "./src", "schema": "./schema.graphql", "language": "javascript"}`)
	var types []string
	for _, name := range []string{"Node", "Content"} {
		parleytest.Write(t, filepath.Join(dir, "src", name+"Item.js"), fmt.Sprintf("graphql`fragment %[1]sItem_item on %[1]s @refetchable(queryName: \"%[1]sItemRefetchQuery\") { id }`\n", name))
	}
	for _, def := range schema.PossibleTypes["Node"] {
		if def.Kind != ast.Object {
			continue
		}
		types = append(types, def.Name)
		var code strings.Builder
		fmt.Fprintf(&code, "graphql`fragment %[1]sItem_item on %[1]s @refetchable(queryName: \"%[1]sItemRefetchQuery\") { label locale }`\n", def.Name)
		for _, f := range def.Fields {
			if !strings.HasSuffix(f.Type.Name(), "Connection") || schema.Types[f.Type.Name()].Fields.ForName("edges") == nil {
				continue
			}
			fmt.Fprintf(&code, "graphql`fragment %[1]sItem_%[2]s on %[1]s @refetchable(queryName: \"%[1]sItem%[2]sQuery\")\n"+
				"@argumentDefinitions(count: {type: \"Int\", defaultValue: 5}, cursor: {type: \"String\"})\n"+
				"{ %[2]s(first: $count, after: $cursor) @connection(key: \"%[1]sItem_%[2]s\") { edges { node { __typename } } } }`\n", def.Name, f.Name)
		}
		parleytest.Write(t, filepath.Join(dir, "src", def.Name+"Item.js"), code.String())
	}
	path, err := filepath.Abs(compiler)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", path, "relay.config.json")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	made, err := filepath.Glob(filepath.Join(dir, "src/__generated__/*Query.graphql.js"))
	if err != nil || len(made) < 3*len(types) {
		t.Fatalf("Relay's compiler made %d queries for %d types (%v)", len(made), len(types), err)
	}
	at := parleytest.Start(t)
	text := regexp.MustCompile(`"text": ("(?:[^"\\]|\\.)*")`)
	for _, name := range made {
		b, err := os.ReadFile(name)
		found := text.FindSubmatch(b)
		if err != nil || found == nil {
			t.Fatalf("%s has no text (%v)", name, err)
		}
		var query string
		if err := json.Unmarshal(found[1], &query); err != nil {
			t.Fatal(err)
		}
		base := filepath.Base(name)
		of := types[max(0, slices.IndexFunc(types, func(s string) bool { return strings.HasPrefix(base, s+"Item") }))]
		body, err := json.Marshal(map[string]any{"query": query, "variables": map[string]any{"id": firstOf(t, at, of)}})
		if err != nil {
			t.Fatal(err)
		}
		if _, text := parleytest.Send(t, "POST", at, string(body), "Content-Type", "application/json"); !strings.HasPrefix(text, `{"data":{"node":{`) || strings.Contains(text, `"errors"`) {
			t.Errorf("%s\nis answered %.500s", query, text)
		}
	}
}

// firstOf returns the id of an item of a type.
func firstOf(t *testing.T, at, typ string) string {
	t.Helper()
	plural := map[string]string{"Party": "parties"}[typ]
	if plural == "" {
		plural = strings.ToLower(typ) + "s"
	}
	_, text := parleytest.Send(t, "POST", at, fmt.Sprintf(`{"query": "{ %s(first: 1) { nodes { id } } }"}`, plural), "Content-Type", "application/json")
	id := regexp.MustCompile(strings.ToLower(typ) + `_[0-9a-z]+`).FindString(text)
	if id == "" {
		t.Fatalf("there is no %s: %s", typ, text)
	}
	return id
}
