package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"parley/content"
)

// Format formats the files of the bundle in a folder, or one file of a bundle: spaces and line ends become regular;
// comments, the order of fields, and how values are quoted stay. It returns the names of the files that were not
// formatted; with check they are left as they are. A file that is broken, or cannot be formatted without changing what it
// says, is left as it is too, and reported in the error.
func Format(name string, check bool) ([]string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("format: %w", err)
	}
	dir, files := name, []string{}
	if info.IsDir() {
		if files, err = formattable(os.DirFS(name)); err != nil {
			return nil, fmt.Errorf("format %s: %w", name, err)
		}
	} else {
		dir, files = filepath.Dir(name), append(files, filepath.Base(name))
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("format %s: %w", name, err)
	}
	defer root.Close() //nolint:errcheck // files are closed when they are written
	var changed []string
	var all []error
	for _, file := range files {
		different, err := formatFile(root, file, check)
		if err != nil {
			all = append(all, fmt.Errorf("%s: %w", filepath.Join(dir, file), err))
		}
		if different {
			changed = append(changed, filepath.Join(dir, file))
		}
	}
	return changed, errors.Join(all...)
}

// formattable are the files of a bundle, without symbolic links.
func formattable(fsys fs.FS) ([]string, error) {
	var files []string
	for _, t := range content.Types() {
		entries, err := fs.ReadDir(fsys, t.Plural)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if slices.Contains([]string{".yaml", ".yml", ".md"}, path.Ext(e.Name())) && e.Type().IsRegular() && !aside(e.Name()) {
				files = append(files, path.Join(t.Plural, e.Name()))
			}
		}
	}
	return files, nil
}

func formatFile(root *os.Root, name string, check bool) (different bool, err error) {
	text, err := readFile(root.FS(), filepath.ToSlash(name))
	if err != nil {
		return false, err
	}
	if len(text) > maxFile {
		return false, fmt.Errorf("the file is larger than %d MiB", maxFile>>20)
	}
	plain := strings.ReplaceAll(string(bytes.TrimPrefix(text, []byte("\ufeff"))), "\r\n", "\n")
	format := formatYAML
	if path.Ext(name) == ".md" {
		format = formatMarkdown
	}
	out, err := format(plain)
	if err != nil {
		return false, err
	}
	if again, err := format(out); err != nil || again != out {
		return false, errors.New("it cannot be formatted: formatting the result again would change it")
	}
	if out == string(text) || check {
		return out != string(text), nil
	}
	info, err := root.Stat(name)
	if err != nil {
		return false, err
	}
	return true, root.WriteFile(name, []byte(out), info.Mode().Perm())
}

// formatMarkdown formats the fields above the text, which stays as it is.
func formatMarkdown(text string) (string, error) {
	front, body, ok := strings.Cut(strings.TrimPrefix(text, "---\n"), "\n---\n")
	if !ok || !strings.HasPrefix(text, "---\n") {
		return "", errors.New("a Markdown file begins with the fields of the item between two lines of ---")
	}
	fields, err := formatYAML(front)
	if err != nil {
		return "", err
	}
	if body = strings.TrimRight(body, " \n"); body != "" {
		body += "\n"
	}
	return "---\n" + fields + "---\n" + body, nil
}

// formatYAML formats a document, and makes sure that it says the same.
func formatYAML(text string) (string, error) {
	if p, bad := damaged([]byte(text)); bad {
		return "", fmt.Errorf("line %d: this is not UTF-8", p.line)
	}
	before, comments, err := understood(text)
	if err != nil {
		return "", err
	}
	tokens := lexer.Tokenize(text)
	f, err := parser.Parse(tokens, parser.ParseComments, parser.AllowDuplicateMapKey())
	if err != nil {
		return "", fmt.Errorf("this is not valid YAML: %w", err)
	}
	out := strings.TrimSpace(f.String())
	if out != "" {
		out += "\n"
	}
	after, kept, err := understood(out)
	if err != nil || !sameNode(before, after, 0) || !slices.Equal(comments, kept) {
		return "", errors.New("it cannot be formatted without changing its values, and is left unchanged")
	}
	return out, nil
}

// understood is what a document says, and its comments in their order.
func understood(text string) (*node, []string, error) {
	tokens := lexer.Tokenize(text)
	if p, why := unbounded(tokens); why != "" {
		return nil, nil, fmt.Errorf("line %d: %s", p.line, why)
	}
	var comments []string
	for _, t := range tokens {
		if t.Type == token.CommentType {
			comments = append(comments, strings.TrimSpace(t.Value))
		}
	}
	f, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, nil, fmt.Errorf("this is not valid YAML: %w", err)
	}
	var body ast.Node
	for _, doc := range f.Docs {
		if doc.Body != nil && body != nil {
			return nil, nil, errors.New("a file holds one YAML document")
		}
		if doc.Body != nil {
			body = doc.Body
		}
	}
	t := tree{anchors: map[string]*node{}}
	root := t.node(body)
	t.tie()
	return root, comments, nil
}

// sameNode reports whether two values say the same.
func sameNode(a, b *node, depth int) bool {
	if a == nil || b == nil || depth > maxNesting {
		return a == b
	}
	if a.kind != b.kind || a.text != b.text || len(a.of) != len(b.of) {
		return false
	}
	for i := range a.of { // the target of an alias is compared at its own place
		if !sameNode(a.of[i], b.of[i], depth+1) {
			return false
		}
	}
	return true
}
