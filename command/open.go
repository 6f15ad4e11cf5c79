package command

import (
	"context"
	"fmt"

	"parley/service"
	"parley/store"
)

// openMigrated opens or creates a database for a command that brings its schema to the newest version, and says in one
// line on the standard error what that took.
func openMigrated(ctx context.Context, path string, std streams) (*store.Store, error) {
	st, err := store.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	if done := st.Opened().String(); done != "" {
		fmt.Fprintf(std.err, "%s: %s\n", path, done) //nolint:errcheck // a failed write has no reader
	}
	return st, nil
}

// openToWrite opens a database that is there already, with the schema of this program, for a command that writes to it.
func openToWrite(ctx context.Context, path string) (*store.Store, error) {
	if err := service.RequireExists(path); err != nil {
		return nil, err
	}
	return store.OpenToWrite(ctx, path)
}

// openToRead opens a database that is there already for a command that changes nothing.
func openToRead(ctx context.Context, path string) (*store.Store, error) {
	if err := service.RequireExists(path); err != nil {
		return nil, err
	}
	return store.OpenToRead(ctx, path)
}

// openOlderToRead is openToRead for a command that reads no content.
func openOlderToRead(ctx context.Context, path string) (*store.Store, error) {
	if err := service.RequireExists(path); err != nil {
		return nil, err
	}
	return store.OpenOlderToRead(ctx, path)
}
