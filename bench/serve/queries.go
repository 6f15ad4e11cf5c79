package main

import (
	"encoding/json"
	"fmt"

	"parley/content"
)

// query is one of the three that are measured, with the variables that it is asked with in turn.
type query struct {
	name, text string
	variables  []map[string]any
}

// The queries, as a front end writes them.
const (
	listText  = `query List($after: String) { talks(first: 20, after: $after) { nodes { title talkStatus mediators(first: 5) { name } } } }`
	deepText  = `query Deep($slug: Slug!) { talk(slug: $slug) { events(first: 50, orderBy: {field: OCCURRED_ON, direction: DESC}) { nodes { title occurredOn { edtf } eventKind mediators { name } issues { title } } } } }`
	pointText = `query Point($id: ID!) { event(id: $id) { title eventKind outlook basis } }`
)

// queries returns the three for a data set of so many events; the cursors are places in the list of talks.
func queries(events int, cursors []string) []query {
	list, deep, point := query{name: "Q1 list", text: listText}, query{name: "Q2 deep", text: deepText}, query{name: "Q3 point", text: pointText}
	for _, c := range cursors {
		list.variables = append(list.variables, map[string]any{"after": c})
	}
	for i := range max(2, 2000*events/200_000) {
		deep.variables = append(deep.variables, map[string]any{"slug": fmt.Sprintf("talk-%d", i)})
	}
	for i := range 5000 {
		slug := content.Slug(fmt.Sprintf("event-%d", i*7919%events))
		point.variables = append(point.variables, map[string]any{"id": content.NewID("Event", content.NamedKey("Event", slug))})
	}
	return []query{list, deep, point}
}

// body is the request for the i-th variables.
func (q query) body(i int) []byte {
	b, err := json.Marshal(map[string]any{"query": q.text, "variables": q.variables[i]})
	if err != nil {
		panic(err) // texts and maps of texts
	}
	return b
}
