package store

import (
	"html"
	"math"
	"strings"

	"parley/content"
	"parley/internal/fold"
	"parley/store/sqlgen"
)

// snippetBytes is about how much text precedes and follows the first match of a snippet.
const snippetBytes = 100

// document is the text of an item in one language, by field.
type document [4]string

// fields names the texts of a document, and weights says how much a match in them counts.
func (document) fields() [4]string { return [4]string{"title", "summary", "body", "other"} }

func (document) weights() [4]float64 { return [4]float64{10, 3, 1, 1} }

// scorer scores the documents that hold terms.
type scorer struct {
	terms []sqlgen.Term
	words []fold.Word // of the text that was scored last
}

// score returns how well a document matches the terms: more for titles, less for each further match of a term and for
// longer texts. docs/querying.md, "Ranking of search results", has the formula for readers.
func (s *scorer) score(d document) float64 {
	total := 0.0
	for i, text := range d {
		words := fold.AppendWords(s.words[:0], text)
		s.words = words
		for _, t := range s.terms {
			n := 0
			for at := range words {
				if !t.Not && t.At(words, at) > 0 {
					n++
				}
			}
			if n > 0 {
				tf := float64(n)
				total += d.weights()[i] * tf / (tf + 0.5 + 0.02*float64(len(words)))
			}
		}
	}
	return math.Round(total*1000) / 1000
}

// highlights returns a snippet of each text that has a match in it.
func (d document) highlights(terms []sqlgen.Term) []content.Highlight {
	var list []content.Highlight
	for i, text := range d {
		if s := snippet(text, terms); s != "" {
			list = append(list, content.Highlight{Field: d.fields()[i], Snippet: s})
		}
	}
	return list
}

// snippet returns the text about its first match as safe HTML with every match in <mark>; empty where nothing matches.
func snippet(text string, terms []sqlgen.Term) string {
	words := fold.Words(text)
	var marks []span
	for i := 0; i < len(words); i++ {
		for _, t := range terms {
			if n := t.At(words, i); n > 0 && !t.Not {
				marks = mark(marks, span{words[i].Start, t.End(words, i+n-1)})
				i += n - 1
				break
			}
		}
	}
	if len(marks) == 0 {
		return ""
	}
	from, until := window(words, len(text), marks[0].start, marks[0].end)
	var b strings.Builder
	if from > 0 {
		b.WriteString("…")
	}
	at := from
	for _, m := range marks {
		if m.end > until {
			break
		}
		b.WriteString(html.EscapeString(text[at:m.start]))
		b.WriteString("<mark>" + html.EscapeString(text[m.start:m.end]) + "</mark>")
		at = m.end
	}
	b.WriteString(html.EscapeString(text[at:until]))
	if until < len(text) {
		b.WriteString("…")
	}
	return b.String()
}

// span is a part of a text, in bytes.
type span struct{ start, end int }

// mark adds a span to those before it. Matches in a text without spaces may overlap.
func mark(marks []span, m span) []span {
	if n := len(marks); n > 0 && m.start < marks[n-1].end {
		marks[n-1].end = max(marks[n-1].end, m.end)
		return marks
	}
	return append(marks, m)
}

// window returns the part of a text of n bytes that is shown about a match: whole words.
func window(words []fold.Word, n, start, end int) (from, until int) {
	until = n
	for _, w := range words {
		if w.Start >= start-snippetBytes {
			from = min(w.Start, start)
			break
		}
	}
	if start <= snippetBytes {
		from = 0
	}
	for _, w := range words {
		if w.End > end+snippetBytes {
			until = max(end, w.Start)
			break
		}
	}
	return from, until
}
