// Package command is the command line of parley: one file for each subcommand, each a struct whose fields are its flags and
// arguments. Run parses the arguments and runs the subcommand that they name; serve is the default. The subcommands open the
// database through package store, read and write files through package bundle, and serve runs package service.
package command

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"

	"parley/internal/heap"
)

// Most of the heap of a server is garbage of answers that were sent: it is collected once the heap has grown to nine times what
// lives, which takes a quarter of the time from the deep query of bench/RESULTS.md, and earlier where the heap comes near the
// limit. The start makes less than that, so that nothing is collected before the first answer. Other commands read many items,
// and little of their heap lives.
const (
	servePercent   = 800
	commandPercent = 200
	commandMemory  = 128 << 20
)

// commands are the subcommands.
type commands struct {
	Serve     serveCmd     `cmd:"" default:"withargs" help:"Run the server (the default)."`
	Documents documentsCmd `cmd:"" help:"Manage trusted documents."`
	Check     checkCmd     `cmd:"" help:"Validate bundles and print all problems."`
	Schema    schemaCmd    `cmd:"" help:"Print schemas for editors and code generators."`
	Fmt       fmtCmd       `cmd:"" help:"Format bundle files. Comments and order are kept."`
	Import    importCmd    `cmd:"" help:"Import content from files, as one revision."`
	Export    exportCmd    `cmd:"" help:"Export content to files."`
	Migrate   migrateCmd   `cmd:"" help:"Migrate a database to the schema version of this program."`
	Undo      undoCmd      `cmd:"" help:"Undo a revision, such as a wrong import, by a new revision."`
	Rebuild   rebuildCmd   `cmd:"" help:"Rebuild derived data, such as search indexes, after check reported a problem."`
	Backup    backupCmd    `cmd:"" help:"Back up the database. A server may be using it."`
	Restore   restoreCmd   `cmd:"" help:"Restore a database from a backup."`
	Token     tokenCmd     `cmd:"" help:"Create, list and revoke access tokens."`
	Webhook   webhookCmd   `cmd:"" help:"Manage webhooks."`
	Version   versionCmd   `cmd:"" help:"Print the version."`

	Config      kong.ConfigFlag  `placeholder:"FILE" help:"YAML file with flags by name, such as addr: 127.0.0.1:8080, and flags of a command under its name. Command-line flags and environment variables take precedence."`
	ShowVersion kong.VersionFlag `name:"version" help:"Print the version and exit."`
}

// streams are what a subcommand prints to: text for people to text, which is out without control characters, and files to out.
type streams struct{ out, text, err io.Writer }

// Run runs parley with the arguments, without the name of the program, until it is done or ctx ends. It returns the exit code: 0,
// 1 where the subcommand failed, 2 where the arguments are wrong.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	heap.GrowBy(servePercent)
	std := streams{out: stdout, text: terminalSafe{stdout}, err: stderr}
	var c commands
	k, code := parse(&c, args, std)
	if k == nil {
		return code
	}
	for _, warning := range unknownVariables(k.Model, os.Environ()) {
		fmt.Fprintln(stderr, "parley:", warning) //nolint:errcheck // a failed write has no reader
	}
	if k.Command() != "serve" {
		heap.GrowBy(commandPercent)
		heap.Limit(commandMemory)
	}
	k.BindTo(ctx, (*context.Context)(nil))
	if err := k.Run(std); err != nil {
		fmt.Fprintln(terminalSafe{stderr}, "parley:", err) //nolint:errcheck // a failed write has no reader
		return 1
	}
	return 0
}
