package bundle

import (
	"reflect"

	"parley/content"
)

// maxLevels is how many talks may stand above each other, from a process to its rounds.
const maxLevels = 4

// join makes one actor of a mediator and a party of the same slug: they are two views of it, so what one of them says
// holds for the other, and they may not differ.
func (l *loader) join() {
	for _, e := range l.entries {
		if e.Type.Name != "Party" {
			continue
		}
		m := l.known[content.Ref{Type: "Mediator", Key: e.Key}]
		if m == nil || e.Key == 0 {
			continue
		}
		for _, f := range e.Type.Fields {
			a, b := e.Values[f.Name], m.Values[f.Name]
			switch {
			case a == nil && b != nil:
				e.Values[f.Name] = b
			case b == nil && a != nil:
				m.Values[f.Name] = a
			case !reflect.DeepEqual(a, b):
				l.wrong(e, f.Name, "%s and %s are one actor, but their %s differs: write it once, in %s or here", e.name(), m.name(), f.Name, m.file)
			}
		}
	}
}

// chains notes talks and positions that stand above themselves, talks that stand too deep, and issues that block
// themselves.
func (l *loader) chains() {
	for _, e := range l.entries {
		switch e.Type.Name {
		case "Talk":
			if levels, loop := l.chain(e, "parent"); loop {
				l.wrong(e, "parent", "%s stands below itself: a talk's parents lead to a process without a parent", e.name())
			} else if levels > maxLevels {
				l.wrong(e, "parent", "%s stands at level %d, at most %d are allowed: a process, its tracks and its rounds", e.name(), levels, maxLevels)
			}
		case "Position":
			if _, loop := l.chain(e, "supersedes"); loop {
				l.wrong(e, "supersedes", "%s supersedes itself", e.name())
			}
		case "Issue":
			list, _ := e.Values["blockedBy"].([]map[string]any)
			for _, b := range list {
				if b["issue"] == (content.Ref{Type: "Issue", Key: e.Key}) {
					l.wrong(e, "blockedBy", "%s blocks itself", e.name())
				}
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
