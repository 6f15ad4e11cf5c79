package main

import (
	"fmt"
	"os"
)

// version is the version of the program.
const version = "0.1.0"

// versionCmd says which parley this is.
type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run() error {
	_, err := fmt.Fprintln(os.Stdout, "parley", version)
	return err
}
