package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

// TestSearchPages walks the results of a search page by page: all of them, once, in order of their scores.
func TestSearchPages(t *testing.T) {
	s := newService(t)
	var labels []string
	after, last, total := "", 1e9, 0
	for range 20 {
		var answer struct {
			Data struct {
				Search struct {
					TotalCount int
					Edges      []struct {
						Score float64
						Node  struct{ Label string }
					}
					PageInfo struct {
						HasNextPage bool
						EndCursor   string
					}
				}
			}
		}
		text, _ := s.ask(t, fmt.Sprintf(`{ search(query: "lake", first: 1%s) { totalCount edges { score node { label } } pageInfo { hasNextPage endCursor } } }`, after), "")
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			t.Fatal(err)
		}
		page := answer.Data.Search
		total = page.TotalCount
		for _, e := range page.Edges {
			if e.Score > last || slices.Contains(labels, e.Node.Label) {
				t.Errorf("%q with %f comes after %f, or again", e.Node.Label, e.Score, last)
			}
			labels, last = append(labels, e.Node.Label), e.Score
		}
		if !page.PageInfo.HasNextPage {
			break
		}
		after = fmt.Sprintf(", after: %q", page.PageInfo.EndCursor)
	}
	if total < 3 || len(labels) != total {
		t.Errorf("%d results were walked of %d: %v", len(labels), total, labels)
	}
}
