package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"parley/store"
)

// openMigrated opens or creates a database for a command that brings its schema to the newest version, and says in one
// line on the standard error what that took.
func openMigrated(ctx context.Context, path string) (*store.Store, error) {
	st, err := store.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	if done := st.Opened().String(); done != "" {
		fmt.Fprintf(os.Stderr, "%s: %s\n", path, done)
	}
	return st, nil
}

// openToWrite opens a database that is there already, with the schema of this program, for a command that writes to it.
func openToWrite(ctx context.Context, path string) (*store.Store, error) {
	if err := there(path); err != nil {
		return nil, err
	}
	return store.OpenToWrite(ctx, path)
}

// openToRead opens a database that is there already for a command that changes nothing.
func openToRead(ctx context.Context, path string) (*store.Store, error) {
	if err := there(path); err != nil {
		return nil, err
	}
	return store.OpenToRead(ctx, path)
}

// openOlderToRead is openToRead for a command that reads no content.
func openOlderToRead(ctx context.Context, path string) (*store.Store, error) {
	if err := there(path); err != nil {
		return nil, err
	}
	return store.OpenOlderToRead(ctx, path)
}

// there says so where there is no database: a mistyped name makes no new one.
func there(path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no database %s: start parley once to make it, or name another with --db", path)
	}
	return nil
}
