// Package docs holds the pages that the service serves about itself.
package docs

import _ "embed"

//go:embed errors.md
var errors string

// Errors is the page about the codes of errors, in Markdown: a heading for each code.
func Errors() string { return errors }
