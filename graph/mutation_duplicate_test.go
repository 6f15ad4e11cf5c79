package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"parley/content"
)

// TestPossibleDuplicates: the same creation, sent again without an idempotency key, is carried out with a warning.
func TestPossibleDuplicates(t *testing.T) {
	s := newService(t)
	editor, other := s.token(t, content.Editor), s.token(t, content.Publisher)
	const event = `mutation { made: createEvent(input: { title: "A step"%s }) { revision event { slug } } }`
	const call = `mutation { applyChanges(input: { changes: [{ createSource: { title: "Wire" } }, { updateSource: { id: "lake-herald", licence: "CC0" } }] }) { revision } }`
	first := s.head(t) + 1
	for i, step := range []struct {
		token, query string
		warned       bool
	}{
		{editor, fmt.Sprintf(event, ""), false},
		{editor, fmt.Sprintf(event, ""), true},
		{other, fmt.Sprintf(event, ""), false},
		{editor, fmt.Sprintf(event, `, sequence: 2`), false},
		{editor, fmt.Sprintf(event, `, idempotencyKey: "k"`), false},
		{editor, fmt.Sprintf(event, `, idempotencyKey: "k"`), false},
		{editor, call, false},
		{editor, call, true},
		{editor, `mutation { updateSource(input: { id: "lake-herald", licence: "CC0" }) { revision } }`, false},
		{editor, `mutation { updateSource(input: { id: "lake-herald", licence: "CC0" }) { revision } }`, false},
	} {
		_, w := s.post(t, step.token, step.query, nil)
		got := w.Body.String()
		if strings.Contains(got, `"errors"`) || strings.Contains(got, `"code":"POSSIBLE_DUPLICATE"`) != step.warned {
			t.Errorf("step %d: answered %s", i, got)
		}
		if i == 1 && !strings.Contains(got, fmt.Sprintf(`"extensions":{"warnings":[{"message":"the same input was sent 0s before and made revision %d: `, first)) {
			t.Errorf("the warning is %s", got)
		}
	}
}
