package compress

import (
	"strings"
	"sync"
	"testing"

	"parley/internal/compress/codingtest"
)

// TestWhole codes answers of many goroutines, which take encoders that others gave back.
func TestWhole(t *testing.T) {
	c := New()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for _, name := range []string{"zstd", "br", "gzip"} {
				text := strings.Repeat(string(rune('a'+i))+" ceasefire ", 1000+i)
				b, err := c.Whole(name, []byte(text))
				if err != nil || len(b) > len(text)/10 || codingtest.Decoded(t, name, b) != text {
					t.Errorf("%s makes %d bytes of %d, %v", name, len(b), len(text), err)
				}
			}
		})
	}
	all.Wait()
}

func TestChoose(t *testing.T) {
	for accept, want := range map[string]string{
		"": "", "gzip, deflate, br, zstd": "zstd", "gzip, br": "br", "br;q=0.5, gzip;q=0.8, zstd;q=0": "gzip", "*": "zstd", "*;q=0.1, gzip": "gzip",
		"gzip;q=0.5, identity": "", "gzip;q=0": "", "gzip;q=x": "", "GZIP": "gzip", "identity;q=0, gzip;q=0.1": "gzip",
	} {
		if got := New().Choose(accept); got != want {
			t.Errorf("%q is answered in %q, not %q", accept, got, want)
		}
	}
}
