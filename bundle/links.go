package bundle

import (
	"maps"
	"reflect"

	"parley/content"
)

// maxLevels is how many levels of talks there may be, from a process to its rounds.
const maxLevels = 4

// join makes one actor of a mediator and a party of the same slug: they are two views of it, so what one of them says
// holds for the other, and they may not differ.
func (l *loader) join() {
	for _, e := range l.entries {
		views := e.Type.Views()
		if e.Type == views[0] {
			continue
		}
		m := l.known[content.Ref{Type: views[0].Name, Key: e.Key}]
		if m == nil || e.Key == 0 || e.isRefused() || m.isRefused() {
			continue
		}
		for _, f := range e.Type.Fields {
			switch {
			case !m.says(f.Name):
				m.say(f.Name, e)
			case !e.says(f.Name):
				e.say(f.Name, m)
			case !reflect.DeepEqual(e.Values[f.Name], m.Values[f.Name]):
				l.fieldError(e, f.Name, "%s and %s are one actor, but their %s differs: write it once, in %s or here", e.name(), m.name(), f.Name, m.file)
			}
		}
	}
}

// says reports whether the entry says something of a field: a value or, where it is a part of an item, that it has none.
func (e *entry) says(field string) bool {
	return e.Values[field] != nil || e.Given != nil && e.Given[field]
}

// say has the entry say of a field what another one says, if it does.
func (e *entry) say(field string, other *entry) {
	if !other.says(field) {
		return
	}
	e.give(field, other.Values[field])
}

// give gives a field a value that follows from another item.
func (e *entry) give(field string, v any) {
	e.Values[field] = v
	if e.Given != nil { // which other entries share
		e.Given = maps.Clone(e.Given)
		e.Given[field] = true
	}
}

// chains notes talks and positions that are their own ancestors, talks that are too deep, and issues that block
// themselves.
func (l *loader) chains() {
	for _, e := range l.entries {
		if tree := e.Type.Tree; tree != "" {
			if levels, loop := l.chain(e, tree); loop {
				l.fieldError(e, tree, "%s is its own ancestor: a talk's parents must lead to a process without a parent", e.name())
			} else if levels > maxLevels {
				l.fieldError(e, tree, "%s is at level %d, at most %d are allowed: a process, its tracks and its rounds", e.name(), levels, maxLevels)
			}
		}
		if _, loop := l.chain(e, "supersedes"); loop {
			l.fieldError(e, "supersedes", "%s supersedes itself", e.name())
		}
		list, _ := e.Values["blockedBy"].([]map[string]any)
		for _, b := range list {
			if b["issue"] == refOf(e.Item) {
				l.fieldError(e, "blockedBy", "%s blocks itself", e.name())
			}
		}
	}
}

// chain follows a field from an item and counts the items up to the last, at most 100 of them; loop says that the chain
// leads back to the item.
func (l *loader) chain(e *entry, field string) (levels int, loop bool) {
	for x := e; x != nil && levels < 100; levels++ {
		if levels > 0 && x == e {
			return levels, true
		}
		ref, ok := x.Values[field].(content.Ref)
		if !ok {
			return levels + 1, false
		}
		x = l.known[ref]
	}
	return levels, false
}
