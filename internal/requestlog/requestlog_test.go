package requestlog

import (
	"testing"
	"time"
)

func TestNotes(t *testing.T) {
	ctx, n := With(t.Context(), "request-7", nil)
	Of(ctx).Add(func(f *Facts) { f.Name = "Timeline" })
	for range maxStatements + 1 {
		Of(ctx).Ran(Statement{Text: "SELECT 1", Took: time.Second})
	}
	if list, count := n.Statements(); n.Facts().Name != "Timeline" || len(list) != maxStatements || count != maxStatements+1 {
		t.Errorf("%+v with %d of %d statements", n.Facts(), len(list), count)
	}
	none := Of(t.Context())
	none.Add(func(*Facts) { t.Error("a fact without a note") })
	none.Ran(Statement{})
	if _, count := none.Statements(); count != 0 || none.Facts().Name != "" {
		t.Error("nothing was noted, and something found")
	}
}
