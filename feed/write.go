package feed

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"parley/content"
	"parley/graph/plan"
)

// atomFeed and what is in it are the elements of RFC 4287.
type atomFeed struct {
	XMLName  xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	Language string   `xml:"xml:lang,attr,omitempty"`
	ID       string   `xml:"id"`
	Title    string   `xml:"title"`
	Subtitle string   `xml:"subtitle,omitempty"`
	Updated  string   `xml:"updated"`
	Author   string   `xml:"author>name"`
	Link     atomLink `xml:"link"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	XMLName   xml.Name     `xml:"entry"`
	Language  string       `xml:"xml:lang,attr,omitempty"`
	ID        string       `xml:"id"`
	Title     string       `xml:"title"`
	Published string       `xml:"published"`
	Updated   string       `xml:"updated"`
	Category  atomCategory `xml:"category"`
	Content   atomText     `xml:"content"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// feedEnd is what a feed ends with.
const feedEnd = "\n</feed>\n"

// writer writes a feed.
type writer struct {
	plan.Rendering
	// text is what is written, of max bytes at most; 0 is any number.
	text []byte
	max  int
}

// feed writes the feed of a talk.
func (w *writer) feed(sel *content.Selection, row content.Row, events *content.Selection, list *content.List, address string) error {
	subtitle, err := w.Words(textOf(sel, row, "summary"))
	if err != nil {
		return fmt.Errorf("write the summary: %w", err)
	}
	var rows []content.Row
	if list != nil {
		rows = list.Rows
	}
	updated := timeOf(sel, row, "updatedAt")
	for _, e := range rows {
		if at := timeOf(events, e, "updatedAt"); at.After(updated) {
			updated = at
		}
	}
	head, err := xml.MarshalIndent(atomFeed{
		ID: urn(content.NewID(sel.Type.Name, row.Key)), Title: textOf(sel, row, "title"), Subtitle: subtitle, Language: textOf(sel, row, "locale"),
		Updated: updated.UTC().Format(time.RFC3339), Author: "parley", Link: atomLink{"self", "application/atom+xml", address},
	}, "", "  ")
	if err != nil {
		return fmt.Errorf("write the feed: %w", err)
	}
	w.text = append([]byte(xml.Header), bytes.TrimSuffix(head, []byte(strings.TrimSuffix(feedEnd, "\n")))...)
	if !w.fits(0) {
		return content.Exceeded("answer", w.max, len(w.text)+len(feedEnd), "the feed has more than %d bytes (limit answer) without its entries", w.max)
	}
	if err := w.entries(events, rows); err != nil {
		return err
	}
	w.text = append(w.text, feedEnd...)
	return nil
}

// fits reports whether so many more bytes may be written before the end of the feed.
func (w *writer) fits(more int) bool { return w.max == 0 || len(w.text)+more+len(feedEnd) <= w.max }

// entries writes the entries of events up to the first that does not fit.
func (w *writer) entries(sel *content.Selection, rows []content.Row) error {
	for _, row := range rows {
		if err := w.Ctx.Err(); err != nil {
			return err //nolint:wrapcheck // the caller's own
		}
		html, err := w.HTML(textOf(sel, row, "summary"))
		if err != nil {
			return fmt.Errorf("write the summary: %w", err)
		}
		if !w.fits(len(html)) { // written, it is longer still
			return nil
		}
		text, err := xml.MarshalIndent(entryOf(sel, row, html), "  ", "  ")
		if err != nil {
			return fmt.Errorf("write an entry: %w", err)
		}
		if !w.fits(1 + len(text)) {
			return nil
		}
		w.text = append(append(w.text, '\n'), text...)
	}
	return nil
}

// entryOf is the entry of an event with its summary as HTML.
func entryOf(sel *content.Selection, row content.Row, html string) atomEntry {
	in := plan.LanguageOf(sel, row)
	if date, ok := plan.FieldOf(sel, row, "occurredOn").(content.FuzzyDate); ok {
		html = "<p>" + strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(date.LabelFor(in.Own, in.Served)) + "</p>\n" + html
	}
	return atomEntry{
		ID: urn(content.NewID(sel.Type.Name, row.Key)), Title: textOf(sel, row, "title"), Language: textOf(sel, row, "locale"),
		Published: timeOf(sel, row, "createdAt").UTC().Format(time.RFC3339), Updated: timeOf(sel, row, "updatedAt").UTC().Format(time.RFC3339),
		Category: atomCategory{textOf(sel, row, "eventKind")}, Content: atomText{"html", html},
	}
}

func timeOf(sel *content.Selection, row content.Row, name string) time.Time {
	at, _ := plan.FieldOf(sel, row, name).(time.Time)
	return at
}

func textOf(sel *content.Selection, row content.Row, name string) string {
	text, _ := plan.FieldOf(sel, row, name).(string)
	return text
}

// urn is an id as an address that is the same on every machine, which Atom asks for.
func urn(id content.ID) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte("parley:"+string(id))).URN()
}
