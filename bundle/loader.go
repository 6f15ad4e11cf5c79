package bundle

import (
	"path"

	"parley/content"
)

// loader gathers the items of files and their problems.
type loader struct {
	record   Record
	slugs    map[*content.Type]map[content.Slug]content.Key // of the record
	former   map[*content.Type]map[content.Key]content.Slug // the same by key
	err      error                                          // why the record could not be asked
	entries  []*entry
	refs     []reference
	problems Problems
	// known are the items that have a slug of their own.
	known map[content.Ref]*entry
	// moved leads from the key that follows from a slug to that of the item that has it.
	moved map[content.Ref]content.Ref
	// emit takes the items that nothing else in the files depends on as they are read; nil keeps them all.
	emit func(content.Item)
	// emitted are their keys, with the lines that they are on; stopped reports that no more are needed.
	emitted map[content.Ref]int
	stopped bool
	// keeping holds the keys of items whose file leaves their identifiers unchanged.
	keeping map[content.Ref]bool
	// claims are the slugs of the items of the files, and the identifiers that match them exactly.
	claims map[claim]claimant
	// clearAbsent has sheets and lines say all of their items, as YAML does.
	clearAbsent bool
	// refusing skips rows and lines with problems.
	refusing bool
	// headers are the names of the columns of sheets, by file.
	headers map[string][]string
	// dateOrder is the order of dates of digits in sheets.
	dateOrder content.DateOrder
	// listed are the enumerations, by field, whose values a problem lists.
	listed map[string]bool

	// The following fields belong to the folder or file that is being read.
	prefix, file string
	// own is where the references of the item begin that is being read.
	own int
	// values counts the values that were read.
	values int
	// origin is the row or line that is being read; nil where refused ones are not skipped.
	origin *origin
	// plain says that the texts of the item which is being read are not Markdown.
	plain bool
	// given are the keys that the item says which is being read; nil where it is whole.
	given content.Given
	// owner are the fields that a citation or a translation may speak of.
	owner []content.Field
}

func newLoader(r Record) *loader {
	return &loader{
		record: r, known: map[content.Ref]*entry{}, moved: map[content.Ref]content.Ref{}, emitted: map[content.Ref]int{}, headers: map[string][]string{},
		claims: map[claim]claimant{}, keeping: map[content.Ref]bool{}, listed: map[string]bool{},
		slugs: map[*content.Type]map[content.Slug]content.Key{}, former: map[*content.Type]map[content.Key]content.Slug{},
	}
}

// called is the name of a file in problems.
func (l *loader) called(name string) string { return path.Join(l.prefix, name) }

// judge checks the references between items, and returns all problems.
func (l *loader) judge() error {
	l.register()
	l.follow()
	l.resolve()
	l.join()
	l.chains()
	l.contest()
	if l.err != nil {
		return l.err
	}
	if len(l.problems) > 0 {
		l.nameCells()
		l.problems.sort()
		return l.problems
	}
	return nil
}

// nameCells says the columns of problems in sheets.
func (l *loader) nameCells() {
	for i, p := range l.problems {
		if names := l.headers[p.File]; names != nil {
			l.problems[i].Cell = columnLetters(p.Column)
			if p.Column > 0 && p.Column <= len(names) && p.Line > 1 {
				l.problems[i].Cell += " (" + names[p.Column-1] + ")"
			}
		}
	}
}

// entry is an item and its position.
type entry struct {
	content.Item
	file   string
	origin *origin
	// pos is where the item begins; at is where the values of its fields begin.
	pos position
	at  map[string]position
}

// name is how the item is written where several types are possible: "talk/lake-talks".
func (e *entry) name() string { return refName(e.Type.Name, string(e.Slug)) }

// where is the place of a field, or of the item where the field is not written.
func (e *entry) where(field string) position {
	if p, ok := e.at[field]; ok {
		return p
	}
	return e.pos
}
