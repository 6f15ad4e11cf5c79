package operation

import (
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/internal/lru"
)

// DocumentCache keeps the documents that were asked last and the programs that their operations were compiled to, within one
// weight. A program is an entry beside its document, so that the programs of trusted documents, which are always known,
// count too.
type DocumentCache struct {
	Kept *lru.Cache[knownKey, knownEntry]
}

// knownKey names a document by its hash, or a program by its parsed document, its operation and the setting of the
// variables that @skip and @include of the document name.
type knownKey struct {
	hash               string
	of                 *Document
	operation, setting string
}

// knownEntry is a document or a program.
type knownEntry struct {
	document *Document
	program  *Program
}

// NewDocumentCache returns a cache of so many bytes.
func NewDocumentCache(size int64) *DocumentCache {
	return &DocumentCache{lru.New[knownKey, knownEntry](size)}
}

// Document returns the document with that hash, or nil.
func (k *DocumentCache) Document(hash string) *Document {
	e, _ := k.Kept.Get(knownKey{hash: hash})
	return e.document
}

// Add keeps a document.
func (k *DocumentCache) Add(d *Document) {
	k.Kept.Put(knownKey{hash: d.Hash}, knownEntry{document: d}, documentWeight(d.Text, d.AST))
}

// Program returns the program of an operation of a document, of which no more than most fields are gathered, and how many
// fields were gathered to compile it: 0 where it was known, most where it could not be compiled.
func (k *DocumentCache) Program(schema *ast.Schema, d *Document, op *ast.OperationDefinition, vars map[string]any, most int) (made *Program, gathered int, err error) {
	key := knownKey{of: d, operation: op.Name, setting: d.setting(vars)}
	if e, ok := k.Kept.Get(key); ok {
		k.Document(d.Hash) // it is used as lately as its program, which holds it in memory
		return e.program, 0, nil
	}
	if made, err = Compile(schema, op, vars, most); err != nil {
		return nil, most, err
	}
	k.Kept.Put(key, knownEntry{program: made}, made.weight+int64(len(key.setting)))
	k.Document(d.Hash)
	return made, made.gathered, nil
}

// The memory that is counted for entries of the cache, in bytes: more than it takes on a machine of 64 bits.
const (
	entryWeight = 1 << 10 // of an entry, whatever is in it
	nodeWeight  = 256     // of a field, a fragment, an argument, a value or a comment of a document
	fieldWeight = 512     // of a field of a program, without its arguments
	valueWeight = 128     // of a value of its arguments
)

// documentWeight is how much memory a document takes.
func documentWeight(text string, doc *ast.QueryDocument) int64 {
	n := strings.Count(text, "#")
	for _, op := range doc.Operations {
		n += 1 + directiveNodes(op.Directives) + selectionNodes(op.SelectionSet)
		for _, v := range op.VariableDefinitions {
			n += 2 + directiveNodes(v.Directives) + valueNodes(v.DefaultValue)
		}
	}
	for _, f := range doc.Fragments {
		n += 1 + directiveNodes(f.Directives) + selectionNodes(f.SelectionSet)
	}
	return entryWeight + 2*int64(len(text)) + nodeWeight*int64(n)
}

// selectionNodes counts what a selection set holds in its document, fragments where they are defined.
func selectionNodes(set ast.SelectionSet) (n int) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			n += 1 + argumentNodes(s.Arguments) + directiveNodes(s.Directives) + selectionNodes(s.SelectionSet)
		case *ast.InlineFragment:
			n += 1 + directiveNodes(s.Directives) + selectionNodes(s.SelectionSet)
		case *ast.FragmentSpread:
			n += 1 + directiveNodes(s.Directives)
		}
	}
	return n
}

func directiveNodes(list ast.DirectiveList) (n int) {
	for _, d := range list {
		n += 1 + argumentNodes(d.Arguments)
	}
	return n
}

func argumentNodes(list ast.ArgumentList) (n int) {
	for _, a := range list {
		n += 1 + valueNodes(a.Value)
	}
	return n
}

// valueNodes counts a literal and all values in it.
func valueNodes(v *ast.Value) int {
	if v == nil {
		return 0
	}
	n := 1
	for _, child := range v.Children {
		n += 1 + valueNodes(child.Value)
	}
	return n
}

// switches finds the variables that the directives of a document name, once.
type switches struct {
	once  sync.Once
	names []string
}

// setting writes the values of the variables that @skip and @include name: a letter for each of them.
func (d *Document) setting(vars map[string]any) string {
	d.switches.once.Do(func() { d.switches.names = switchesOf(d.AST) })
	b := make([]byte, len(d.switches.names))
	for i, name := range d.switches.names {
		switch v, given := vars[name]; {
		case v == true:
			b[i] = 't'
		case given && v == nil: // which is refused
			b[i] = 'n'
		default:
			b[i] = 'f'
		}
	}
	return string(b)
}

// switchesOf names the variables of the directives in a document.
func switchesOf(doc *ast.QueryDocument) []string {
	var names []string
	var walk func(ast.SelectionSet)
	note := func(list ast.DirectiveList) {
		for _, d := range list {
			for _, a := range d.Arguments {
				if a.Value.Kind == ast.Variable && !slices.Contains(names, a.Value.Raw) {
					names = append(names, a.Value.Raw)
				}
			}
		}
	}
	walk = func(set ast.SelectionSet) {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.Field:
				note(s.Directives)
				walk(s.SelectionSet)
			case *ast.InlineFragment:
				note(s.Directives)
				walk(s.SelectionSet)
			case *ast.FragmentSpread:
				note(s.Directives)
			}
		}
	}
	for _, op := range doc.Operations {
		walk(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		walk(f.SelectionSet)
	}
	return names
}
