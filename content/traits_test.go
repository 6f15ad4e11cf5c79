package content

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestTypesDeclareTheirTraits walks all types: each declares what the store, the planner and the bundles ask of it, and declares
// nothing that its fields do not have.
func TestTypesDeclareTheirTraits(t *testing.T) {
	for _, of := range Types() {
		for _, problem := range traitProblems(of) {
			t.Errorf("content/types.go: the type %s %s", of.Name, problem)
		}
	}
	for trait, n := range map[string]int{
		"Tree": count(func(t *Type) bool { return t.Tree != "" }), "Timeline": count(func(t *Type) bool { return t.Timeline != "" }),
		"Source": count(func(t *Type) bool { return t.Source }),
	} {
		if n != 1 {
			t.Errorf("content/types.go: %d types have the trait %s, of which the store has one", n, trait)
		}
	}
}

// TestMissingTraits makes types that lack a declaration, or declare what they do not have, and looks for the sentence.
func TestMissingTraits(t *testing.T) {
	for want, spoil := range map[string]func(*Type){
		"says no Label": func(t *Type) { t.Label = "" },
		`has the Label "motto", which is not a required text`: func(t *Type) { t.Label = "motto" },
		"says no Order": func(t *Type) { t.Order = nil },
		`is ordered by "heldOn", which is not a date`:          func(t *Type) { t.Order = []string{"heldOn"} },
		"says nothing of the facet STATUS":                     func(t *Type) { delete(t.Facets, FacetStatus) },
		`counts YEAR by "title", which is not a date`:          func(t *Type) { t.Facets[FacetYear] = "title" },
		`counts no KIND although it has the field "eventKind"`: func(t *Type) { t.Facets[FacetKind] = "" },
		"counts by the facet MOOD, which is not one":           func(t *Type) { t.Facets["MOOD"] = "title" },
		"says no Owners": func(t *Type) { t.Owners = nil },
		`belongs to "place", which is not a reference`:        func(t *Type) { t.Owners = []string{"place"} },
		`has the field "talk", which is not among its Owners`: func(t *Type) { t.Owners = []string{} },
		"says no Citations":                                       func(t *Type) { t.Citations = citationsUndeclared },
		`has the Timeline "title", which is not a date`:           func(t *Type) { t.Timeline = "title" },
		`makes its Slug of "motto", which is not a field`:         func(t *Type) { t.Slug = []string{"motto"} },
		`has the Tree "talk", which does not lead to its own`:     func(t *Type) { t.Tree = "talk" },
		`has the folder "events ", which is not lower-case words`: func(t *Type) { t.Plural = "events " },
	} {
		of := *TypeNamed("Event")
		of.Facets = maps.Clone(of.Facets)
		spoil(&of)
		if got := strings.Join(traitProblems(&of), "\n"); !strings.Contains(got, want) {
			t.Errorf("no problem says that the type %s; there is\n%s", want, got)
		}
	}
}

func count(has func(*Type) bool) (n int) {
	for _, t := range Types() {
		if has(t) {
			n++
		}
	}
	return n
}

// traitProblems returns the problems of the declarations of a type, as sentences without their subject, "the type X".
func traitProblems(t *Type) []string {
	var list []string
	say := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	is := func(name string, kinds ...Kind) bool {
		f := t.Field(name)
		return f != nil && slices.Contains(kinds, f.Kind)
	}
	if t.Plural == "" || strings.Trim(t.Plural, "abcdefghijklmnopqrstuvwxyz") != "" {
		say("has the folder %q, which is not lower-case words", t.Plural)
	}
	switch f := t.Field(t.Label); {
	case t.Label == "":
		say(`says no Label: name the text that its items are called by, or Computed`)
	case t.Label != Computed && (f == nil || f.Kind != Text || !f.Required):
		say("has the Label %q, which is not a required text", t.Label)
	}
	if len(t.Order) == 0 {
		say("says no Order: name its dates, or ByLabel")
	}
	for _, name := range t.OrderDates() {
		if !is(name, Date) {
			say("is ordered by %q, which is not a date", name)
		}
	}
	list = append(list, facetProblems(t)...)
	if t.Owners == nil {
		say("says no Owners: name the references by which it belongs to another item, or none with []string{}")
	}
	for _, name := range t.Owners {
		if !is(name, SingleRef) || len(t.Field(name).To) != 1 {
			say("belongs to %q, which is not a reference to one type", name)
		}
	}
	if is("talk", SingleRef) && t.Owners != nil && !slices.Contains(t.Owners, "talk") {
		say(`has the field "talk", which is not among its Owners: its items are missing from the differences, feeds and sources of the talk`)
	}
	if t.Citations == citationsUndeclared {
		say("says no Citations: CitationsRequired to publish, or CitationsOptional")
	}
	if t.Timeline != "" && !is(t.Timeline, Date) {
		say("has the Timeline %q, which is not a date", t.Timeline)
	}
	if f := t.Field(t.Tree); t.Tree != "" && (f == nil || f.Kind != SingleRef || !slices.Equal(f.To, []string{t.Name})) {
		say("has the Tree %q, which does not lead to its own type", t.Tree)
	}
	for _, name := range t.Slug {
		if t.Field(name) == nil {
			say("makes its Slug of %q, which is not a field", name)
		}
	}
	return list
}

// facetProblems are those of the facets of a type: each is declared, and a field that looks like one is not left out.
func facetProblems(t *Type) []string {
	var list []string
	for by, kind := range map[Facet]Kind{FacetKind: Enum, FacetStatus: Enum, FacetYear: Date} {
		name, said := t.Facets[by]
		own := strings.ToLower(t.Name[:1]) + t.Name[1:] + string(by[0]) + strings.ToLower(string(by[1:]))
		switch f := t.Field(name); {
		case !said:
			list = append(list, fmt.Sprintf(`says nothing of the facet %s: name the field, or ""`, by))
		case name == "" && t.Field(own) != nil:
			list = append(list, fmt.Sprintf("counts no %s although it has the field %q", by, own))
		case name != "" && (f == nil || f.Kind != kind):
			wanted := map[Kind]string{Enum: "an enumeration", Date: "a date"}[kind]
			list = append(list, fmt.Sprintf("counts %s by %q, which is not %s", by, name, wanted))
		}
	}
	for by := range t.Facets {
		if !slices.Contains([]Facet{FacetKind, FacetStatus, FacetYear}, by) {
			list = append(list, fmt.Sprintf("counts by the facet %s, which is not one", by))
		}
	}
	return list
}
