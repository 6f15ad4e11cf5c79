package command

import (
	"io"
	"os"
	"testing"
)

// TestConfigFileSetsFlags reads the flags of serve from a file.
func TestConfigFileSetsFlags(t *testing.T) {
	t.Chdir(t.TempDir())
	const text = "db: top.db\nmax-depth: 7\nno-content: true\ncors-origin: [https://a.example, https://b.example]\n"
	if err := os.WriteFile("parley.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var read commands
	parse(&read, []string{"--config", "parley.yaml"}, streams{out: io.Discard, err: io.Discard})
	if s := read.Serve; s.DB != "top.db" || s.Limits.Depth != 7 || !s.NoContent || len(s.CORSOrigin) != 2 {
		t.Errorf("serve has %s, depth %d, no content %t, origins %v", s.DB, s.Limits.Depth, s.NoContent, s.CORSOrigin)
	}
}
