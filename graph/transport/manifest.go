package transport

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"parley/graph/operation"
	"parley/internal/escape"
)

// Manifest holds trusted documents: their texts by their ids.
type Manifest map[string]string

// ReadManifest reads the JSON that the compilers of clients write: an object of texts by id, as those of Relay and
// graphql-codegen do, or the manifest of Apollo Client with its list of operations.
func ReadManifest(b []byte) (Manifest, error) {
	var apollo struct {
		Format     string `json:"format"`
		Operations []struct {
			ID   string `json:"id"`
			Body string `json:"body"`
		} `json:"operations"`
	}
	m := Manifest{}
	if escape.LoneSurrogate(string(b)) >= 0 {
		return nil, errors.New("the manifest has " + operation.LoneSurrogate)
	}
	if err := json.Unmarshal(b, &apollo); err == nil && apollo.Format != "" {
		if apollo.Format != "apollo-persisted-query-manifest" {
			return nil, fmt.Errorf("the manifest has the unknown format %.60q", apollo.Format)
		}
		for _, op := range apollo.Operations {
			m[op.ID] = op.Body
		}
	} else if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf(`the manifest is no JSON object like {"<id>": "query Timeline { ... }"}: %w`, err)
	}
	if len(m) == 0 {
		return nil, errors.New("the manifest has no documents")
	}
	return m, nil
}

// trust parses and validates the documents of a manifest. They are found by their ids, and by the hashes of their texts.
func trust(p *operation.DocumentParser, m Manifest) (map[string]*operation.Document, error) {
	trusted := map[string]*operation.Document{}
	var all []error
	for _, id := range slices.Sorted(maps.Keys(m)) {
		doc, errs := p.Parse(m[id])
		for _, e := range errs {
			line := ""
			if len(e.Locations) > 0 {
				line = fmt.Sprintf("%d:%d: ", e.Locations[0].Line, e.Locations[0].Column)
			}
			all = append(all, fmt.Errorf("document %s: %s%s", id, line, e.Message))
		}
		d := &operation.Document{Hash: operation.Hash(m[id]), Text: m[id], AST: doc, Trusted: true}
		d.Asked.Store(true)
		trusted[id], trusted[d.Hash] = d, d
	}
	return trusted, errors.Join(all...)
}
