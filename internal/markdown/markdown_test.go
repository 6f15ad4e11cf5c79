package markdown

import (
	"math/rand/v2"
	"testing"
)

// TestPlainTextIsItsOwnWords compares texts that are not rendered with what rendering makes of them.
func TestPlainTextIsItsOwnWords(t *testing.T) {
	const letters = "aZ09 .,;:'\"()/%?-  &*_[]#\n"
	rng := rand.New(rand.NewPCG(1, 2))
	plainly := 0
	for range 50_000 {
		text := make([]byte, rng.IntN(12))
		few := len(letters) - 8*rng.IntN(2)
		for i := range text {
			text[i] = letters[rng.IntN(few)]
		}
		want, err := rendered(string(text))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Text(string(text)); err != nil || got != want {
			t.Fatalf("%q: %q, %v; want %q", text, got, err, want)
		}
		if plain(string(text)) {
			plainly++
		}
	}
	if plainly < 1000 {
		t.Errorf("only %d texts were plain", plainly)
	}
}
