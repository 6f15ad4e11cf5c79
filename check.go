package main

import (
	"errors"
	"fmt"
	"os"

	"parley/bundle"
)

// checkCmd validates bundles.
type checkCmd struct {
	Paths []string `arg:"" name:"path" type:"existingdir" help:"Folders that hold a bundle each."`
}

// Run prints every problem of the bundles as file:line:column: message.
func (c checkCmd) Run() error {
	var all []error
	for _, path := range c.Paths {
		set, err := bundle.Load(os.DirFS(path))
		if err == nil && len(set.Items) == 0 {
			err = errors.New("there is no content in it: a bundle has folders like talks/ with YAML files")
		}
		if err != nil {
			all = append(all, fmt.Errorf("%s:\n%w", path, err))
		}
	}
	return errors.Join(all...)
}
