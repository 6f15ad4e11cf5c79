package main

import (
	"flag"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite testdata/modules.txt")

// TestLinkedModules compares the modules of which a package is linked into the program with testdata/modules.txt. A new one is a
// decision: say in the commit what it is for, and run the test with -update. None of them brings gRPC, which nothing speaks.
func TestLinkedModules(t *testing.T) {
	const golden = "testdata/modules.txt"
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "parley")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	modules := strings.Fields(string(out))
	slices.Sort(modules)
	modules = slices.Compact(modules)
	for _, m := range modules {
		if strings.Contains(m, "grpc") {
			t.Errorf("%s is linked: go mod why -m %s says for what", m, m)
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(strings.Join(modules, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Fields(string(want)), modules); diff != "" {
		t.Errorf("the modules of the program (-%s +linked; -update rewrites it):\n%s", golden, diff)
	}
}
