package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestAudits runs the audits of the npm package graphql-http, MUST, SHOULD and MAY, against the whole server.
func TestAudits(t *testing.T) {
	if _, err := os.Stat("web/audit/node_modules/graphql-http"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the audits are not installed: run npm ci in web/audit (%v)", err)
		}
		t.Skip("NOT TRIED: the audits of GraphQL over HTTP are not installed; run npm ci in web/audit")
	}
	out, err := exec.CommandContext(t.Context(), "node", "web/audit/audit.mjs", start(t)).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	t.Log(strings.TrimSpace(string(out)))
}
