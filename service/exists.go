package service

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// RequireExists returns an error where no database file has the path, so that a mistyped name does not make a new one.
func RequireExists(path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no database %s: start parley once to create it, or name another with --db", path)
	}
	return nil
}
