package main

import (
	"testing"

	"github.com/alecthomas/kong"

	"parley/graph"
)

// TestDefaults holds that the flags and the package begin with the same limits.
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
	if c.Live != graph.DefaultLive() {
		t.Errorf("flags begin with %+v, the package with %+v", c.Live, graph.DefaultLive())
	}
}
