package bundle

import (
	"slices"

	"parley/content"
)

// text returns the text of a field as it is kept. It is not ok where it is empty or wrong.
func (l *loader) text(f *content.Field, p position, text string) (string, bool) {
	read := f.TextOf
	if l.plain {
		read = f.PlainTextOf
	}
	text, err := read(text)
	if err != nil {
		l.fault(p, "text "+f.Name, err)
		return "", false
	}
	if f.Name == "field" {
		return text, l.spokenOf(p, text)
	}
	return text, text != ""
}

// spokenOf notes where a citation or a translation speaks of a field that there is not.
func (l *loader) spokenOf(p position, name string) bool {
	names := fieldNames(l.owner)
	if slices.Contains(names, name) {
		return true
	}
	l.addProblem(p, "there is no field %s here that a citation can name%s", short(name), suggest(name, names))
	return false
}
