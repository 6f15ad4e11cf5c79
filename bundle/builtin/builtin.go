// Package builtin is the content that ships with parley, made from one article.
package builtin

import (
	"embed"
	"io/fs"
)

//go:embed */*.yaml */*.md
var files embed.FS

// FS returns the content as a bundle.
func FS() fs.FS { return files }
