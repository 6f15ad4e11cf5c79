package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/content"
)

// TestPagesOfADiff reads what is different between two revisions by pages of every size: together they are the whole, in its
// order, over the bounds between types.
func TestPagesOfADiff(t *testing.T) {
	first := content.ChangeSet{Author: "test", Reason: "UPDATE", Items: []content.Item{sourceOf("a", "A", false)}}
	second := content.ChangeSet{Author: "test", Reason: "UPDATE", Items: []content.Item{sourceOf("a", "B", false)}}
	for _, typeName := range []string{"Talk", "Issue", "Source", "Article"} {
		for i := range 3 {
			slug := content.Slug(fmt.Sprint("x-", i))
			second.Items = append(second.Items, content.Item{
				Type: content.TypeNamed(typeName), Key: content.NamedKey(typeName, slug), Slug: slug, Publication: &content.Publication{Status: content.PubUsable},
				Values: map[string]any{"title": fmt.Sprint(typeName, " ", i)},
			})
		}
	}
	s := serviceOf(t, generous(), first, second)
	read := func(size int, after string) (labels []string, next string, more bool) {
		t.Helper()
		query := `query ($n: Int, $after: String) { diff(from: { atRevision: 1 }, first: $n, after: $after) {
			nodes { op node { __typename label } } pageInfo { endCursor hasNextPage } } }`
		var a struct {
			Data struct {
				Diff struct {
					Nodes []struct {
						Op   string
						Node struct {
							Typename string `json:"__typename"`
							Label    string
						}
					}
					PageInfo struct {
						EndCursor   string
						HasNextPage bool
					}
				}
			}
		}
		variables, err := json.Marshal(map[string]any{"n": size, "after": after})
		if err != nil {
			t.Fatal(err)
		}
		text, _ := s.ask(t, query, string(variables))
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		for _, n := range a.Data.Diff.Nodes {
			labels = append(labels, n.Op+" "+n.Node.Typename+" "+n.Node.Label)
		}
		return labels, a.Data.Diff.PageInfo.EndCursor, a.Data.Diff.PageInfo.HasNextPage
	}
	whole, _, more := read(100, "")
	if len(whole) != 13 || more {
		t.Fatalf("the whole is %q", whole)
	}
	for size := 1; size < 14; size++ {
		var all []string
		for next, more := "", true; more; {
			var labels []string
			if labels, next, more = read(size, next); len(labels) > size || more && len(labels) < size {
				t.Fatalf("a page of %d is %q", size, labels)
			}
			all = append(all, labels...)
		}
		if diff := cmp.Diff(whole, all); diff != "" {
			t.Errorf("pages of %d (-whole +pages):\n%s", size, diff)
		}
	}
}

// TestMutationsThatCannotBeShown ends a request once its change is written: the error has the revision that was made.
func TestMutationsThatCannotBeShown(t *testing.T) {
	s := newService(t)
	token := s.token(t, content.Editor)
	before := s.head(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.store.Trace(func(string, []any) {
		if after, err := s.store.Head(context.WithoutCancel(ctx)); err == nil && after > before {
			cancel()
		}
	})
	body := `{"query": "mutation { createTalk(input: { title: \"New talks\" }) { talk { id title } } }"}`
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	s.store.Trace(nil)
	after := s.head(t)
	if want := fmt.Sprintf("revision %d was written, but the response could not be read", after); after != before+1 || !strings.Contains(w.Body.String(), want) || !strings.Contains(w.Body.String(), fmt.Sprintf(`"revision":%d`, after)) {
		t.Errorf("revision %d after %d, answered %s", after, before, w.Body)
	}
}

// TestPagesOfRevisions reads the revisions in pages of each size, which together are the whole.
func TestPagesOfRevisions(t *testing.T) {
	var sets []content.ChangeSet
	for i := range 7 {
		sets = append(sets, content.ChangeSet{Author: "test", Reason: "UPDATE", Items: []content.Item{sourceOf("a", fmt.Sprint("Title ", i), false)}})
	}
	s := serviceOf(t, generous(), sets...)
	read := func(size int, after string) (numbers []int, next string, more bool) {
		t.Helper()
		var a struct {
			Data struct {
				Revisions struct {
					Nodes    []struct{ Number int }
					PageInfo struct {
						EndCursor   string
						HasNextPage bool
					}
				}
			}
		}
		variables, err := json.Marshal(map[string]any{"n": size, "after": after})
		if err != nil {
			t.Fatal(err)
		}
		text, _ := s.ask(t, `query ($n: Int, $after: String) { revisions(first: $n, after: $after) { nodes { number } pageInfo { endCursor hasNextPage } } }`, string(variables))
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		for _, n := range a.Data.Revisions.Nodes {
			numbers = append(numbers, n.Number)
		}
		return numbers, a.Data.Revisions.PageInfo.EndCursor, a.Data.Revisions.PageInfo.HasNextPage
	}
	for size := 1; size < 9; size++ {
		var all []int
		for next, more := "", true; more && len(all) < 10; {
			var numbers []int
			numbers, next, more = read(size, next)
			all = append(all, numbers...)
		}
		if diff := cmp.Diff([]int{7, 6, 5, 4, 3, 2, 1}, all); diff != "" {
			t.Errorf("pages of %d (-want +got):\n%s", size, diff)
		}
	}
}
