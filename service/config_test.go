package service

import (
	"testing"

	"github.com/alecthomas/kong"

	"parley/graph"
	"parley/store"
)

// TestDefaults holds that a flag and the package that takes its value begin with the same.
func TestDefaults(t *testing.T) {
	var c Config
	k, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Parse(nil); err != nil {
		t.Fatal(err)
	}
	if c.Limits != graph.DefaultLimits() {
		t.Errorf("flags begin with %+v, the package with %+v", c.Limits, graph.DefaultLimits())
	}
	if c.Load != graph.DefaultLoad() {
		t.Errorf("flags begin with %+v, the package with %+v", c.Load, graph.DefaultLoad())
	}
	if c.Live != graph.DefaultLive() {
		t.Errorf("flags begin with %+v, the package with %+v", c.Live, graph.DefaultLive())
	}
	for name, x := range map[string]struct{ flag, of int }{
		"max-objects":    {c.Objects, store.DefaultObjects},
		"max-residual":   {c.Residual, store.DefaultResidual},
		"document-cache": {int(c.DocumentCache), graph.DefaultDocumentCacheBytes},
	} {
		if x.flag != x.of {
			t.Errorf("--%s begins with %d, the package with %d", name, x.flag, x.of)
		}
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]size{"7": 7, "1KiB": 1 << 10, "32MiB": 32 << 20, "8000000000": 8_000_000_000, "2GiB": 2 << 30, "0": 0, "5B": 5} {
		var got size
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%s is %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "MiB", "-1", "1MB", "99999999999999999999", "9000000000GiB"} {
		var got size
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken as %d", text, got)
		}
	}
}
