package main

import (
	"io"
	"testing"
)

// TestLicences fails where a part of the program has a licence that is not allowed.
func TestLicences(t *testing.T) {
	parts, err := list(t.Context(), "../..")
	if err != nil {
		t.Fatal(err)
	}
	if err := report(io.Discard, parts); err != nil {
		t.Error(err)
	}
	kinds := map[string]int{}
	for _, p := range parts {
		kinds[p.kind]++
	}
	if kinds["module"] < 20 || kinds["npm"] < 20 {
		t.Errorf("the parts are %v", kinds)
	}
}

// TestRefusedLicences holds that a licence outside the list, or none, is an error that names the part.
func TestRefusedLicences(t *testing.T) {
	for _, licence := range []string{"GPL", "unknown", "AGPL-3.0", ""} {
		if err := report(io.Discard, []part{{"npm", "x", "1", licence}}); err == nil {
			t.Errorf("%q is allowed", licence)
		}
	}
	if got := identify([]byte("GNU GENERAL PUBLIC\n License, not the Apache License, Version 2.0")); got != "GPL" {
		t.Errorf("the licence is %s", got)
	}
}
