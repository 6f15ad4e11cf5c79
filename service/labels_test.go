package service_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"parley/graph"
	"parley/internal/parleytest"
)

// TestEnumLabels wants a label for every value of every enumeration that an answer can hold, in each language.
func TestEnumLabels(t *testing.T) {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: graph.SDL()})
	at := strings.TrimSuffix(parleytest.Start(t), "graphql")
	for _, locale := range []string{"en", "fr", "ar", "he"} {
		res, text := parleytest.Send(t, "GET", at+"enum-labels."+locale+".json", "")
		var labels map[string]map[string]string
		if err := json.Unmarshal([]byte(text), &labels); err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v", locale, res.StatusCode, err)
		}
		for _, def := range schema.Types {
			asked := strings.HasSuffix(def.Name, "OrderField") || slices.Contains([]string{"Within", "OrderDirection", "FacetField", "Direction"}, def.Name)
			if def.Kind != ast.Enum || def.BuiltIn || asked {
				continue
			}
			for _, v := range def.EnumValues {
				if labels[def.Name][v.Name] == "" {
					t.Errorf("%s has no label for %s.%s", locale, def.Name, v.Name)
				}
			}
			if len(labels[def.Name]) != len(def.EnumValues) {
				t.Errorf("%s labels values of %s that are not there", locale, def.Name)
			}
		}
		if res, _ := parleytest.Send(t, "GET", at+"enum-labels."+locale+".json", "", "If-None-Match", res.Header.Get("ETag")); res.StatusCode != http.StatusNotModified {
			t.Errorf("an unchanged file is answered %d", res.StatusCode)
		}
	}
	if res, _ := parleytest.Send(t, "GET", at+"enum-labels.xx.json", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("labels in no language are answered %d", res.StatusCode)
	}
}
