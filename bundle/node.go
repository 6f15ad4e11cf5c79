package bundle

import "strings"

// maxValues is the greatest number of values of a file, those that aliases repeat included.
const maxValues = 1_000_000

// kind is the form of a node.
type kind int

const (
	null kind = iota
	scalar
	list
	mapping
	alias  // refers to another node
	broken // says in its text why it is none
)

// node is a value of a file, in any format.
type node struct {
	kind kind
	pos  position
	// text is what a scalar says.
	text string
	// of are the elements of a list, or the keys of a mapping and their values in turn.
	of []*node
	// to is the target of an alias.
	to *node
}

// isEmpty reports whether the node says nothing: an empty text or an empty list.
func (n *node) isEmpty() bool {
	switch n.kind {
	case list:
		return len(n.of) == 0
	case scalar:
		return strings.TrimSpace(n.text) == ""
	default:
		return false
	}
}

// open returns the node behind aliases; nil where it is null, or where there is a problem, which is then
// noted.
func (l *loader) open(n *node) *node {
	if l.values++; l.values > maxValues {
		if l.values == maxValues+1 {
			l.addProblem(n.pos, "aliases expand to more than %d values: use fewer aliases", maxValues)
		}
		return nil
	}
	for range maxNesting {
		switch {
		case n == nil || n.kind == null:
			return nil
		case n.kind == broken:
			l.addProblem(n.pos, "%s", n.text)
			return nil
		case n.kind != alias:
			return n
		}
		n = n.to
	}
	l.addProblem(n.pos, "this alias contains itself")
	return nil
}
