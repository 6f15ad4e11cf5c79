package command

import (
	"fmt"

	"parley/service"
)

// versionCmd says which parley this is.
type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(std streams) error {
	_, err := fmt.Fprintln(std.text, "parley", service.Version)
	return err
}
