package service_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"parley/internal/parleytest"
)

// damage changes a text in one to four places.
func damage(r *rand.Rand, text string) string {
	b := []byte(text)
	for range 1 + r.IntN(4) {
		at := r.IntN(len(b) + 1)
		switch r.IntN(5) {
		case 0:
			b = b[:at]
		case 1:
			b = append(b[:at:at], append([]byte{byte(r.IntN(256))}, b[at:]...)...)
		case 2:
			if at < len(b) {
				b[at] ^= byte(1 << r.IntN(8))
			}
		case 3:
			b = append(b[:at:at], append([]byte(`{}[]()"':,!$@.|&=#\/`[r.IntN(20):]), b[at:]...)...)
		case 4:
			if at < len(b) {
				n := min(len(b), at+1+r.IntN(8))
				b = append(b[:at:at], b[n:]...)
			}
		}
	}
	return string(b)
}

// TestMalformedRequests sends 200 damaged bodies and 200 damaged documents: whatever is wrong with them is not taken for
// a fault of the service, and it goes on answering.
func TestMalformedRequests(t *testing.T) {
	at := parleytest.Start(t)
	r := rand.New(rand.NewPCG(1, 2))
	const query = `query Timeline($slug: Slug!, $first: Int = 5) { talk(slug: $slug) { ...T events(first: $first, where: {outlook: {in: [OPTIMISTIC]}}) { nodes { title occurredOn { label } } } } } fragment T on Talk { title @include(if: true) }`
	whole, err := json.Marshal(map[string]any{"query": query, "variables": map[string]any{"slug": "gaza-ceasefire-talks"}, "operationName": "Timeline", "extensions": map[string]any{"a": []int{1}}})
	if err != nil {
		t.Fatal(err)
	}
	statuses := map[int]int{}
	try := func(body string) {
		for _, accept := range []string{"application/json", "application/graphql-response+json"} {
			res, text := parleytest.Send(t, "POST", at, body, "Content-Type", "application/json", "Accept", accept)
			statuses[res.StatusCode]++
			if res.StatusCode >= 500 || !json.Valid([]byte(text)) || strings.Contains(text, "INTERNAL") {
				t.Errorf("%q is answered %d %s", body, res.StatusCode, text)
			}
		}
	}
	for range 200 {
		try(damage(r, string(whole)))
	}
	for range 200 {
		body, err := json.Marshal(map[string]any{"query": damage(r, query), "variables": map[string]any{"slug": "gaza-ceasefire-talks"}})
		if err != nil {
			t.Fatal(err)
		}
		try(string(body))
	}
	if statuses[200] == 0 || statuses[400] < 200 {
		t.Errorf("the damage shows as %v", statuses)
	}
	try(string(whole))
}
