package command

import (
	"fmt"

	"parley/graph"
	"parley/service"
)

// documentsCmd holds the commands for trusted documents.
type documentsCmd struct {
	Check documentsCheckCmd `cmd:"" help:"Validate a manifest of trusted documents against the schema."`
}

// documentsCheckCmd validates a manifest.
type documentsCheckCmd struct {
	File   string       `arg:"" type:"existingfile" help:"Manifest file."`
	Limits graph.Limits `embed:"" prefix:"max-"`
}

// Run returns every fault of the documents as a line "document ID: line:column: message".
func (c documentsCheckCmd) Run(std streams) error {
	m, err := service.ReadManifest(c.File)
	if err != nil {
		return err
	}
	if err := graph.CheckDocuments(m, c.Limits); err != nil {
		return fmt.Errorf("problems in %s:\n%w", c.File, err)
	}
	_, err = fmt.Fprintf(std.text, "%s: %d documents, no problems\n", c.File, len(m))
	return err
}
