// Command parley serves content about peace and ceasefire negotiations over GraphQL.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"parley/command"
)

//go:generate go run ./graph/generate

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(command.Run(ctx, os.Args[1:], os.Stdout, os.Stderr)) //nolint:gocritic // nothing is left to stop
}
