package bundle

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"parley/content"
)

// printer writes items as YAML: fields in the order of the model, two spaces a level, nothing that says no more than its
// absence would. The same item is the same bytes.
type printer struct {
	b bytes.Buffer
	// slugs finds what the items that references lead to are called.
	slugs func(content.Ref) (content.Slug, error)
	err   error
}

// file writes an item to one file, whose name is its slug: Markdown where it has a text, else YAML. It returns
// the ending of the name too.
func (p *printer) file(item content.Item) (text []byte, ending string, err error) {
	p.b.Reset()
	prose := proseField(item.Type)
	body := ""
	if prose != nil {
		body, _ = item.Values[prose.Name].(string)
		body = strings.TrimSpace(body)
	}
	if body == "" || strings.ContainsRune(body, '\r') {
		p.item(item, "")
		return p.b.Bytes(), ".yaml", p.err
	}
	p.b.WriteString("---\n")
	p.item(item, prose.Name)
	p.b.WriteString("---\n\n" + body + "\n")
	return p.b.Bytes(), ".md", p.err
}

// item writes the fields of an item other than its slug and one that is written elsewhere.
func (p *printer) item(item content.Item, elsewhere string) {
	for _, own := range ownKeys(item)[1:] {
		text := own[1]
		if own[0] == "embargoedUntil" {
			text = quoted(text)
		}
		p.line(0, own[0], text)
	}
	for i := range item.Type.Fields {
		f := &item.Type.Fields[i]
		if f.Name == elsewhere || f.Name == "locale" && item.Values["locale"] == "en" {
			continue
		}
		p.field(0, f, f.Default, item.Values[f.Name])
	}
}

// field writes a field and its value, unless it says nothing: where it is empty, or an enumeration has its default.
func (p *printer) field(indent int, f *content.Field, usual func() string, v any) {
	v = content.Normal(f, v)
	if v == nil || f.Kind == content.Enum && v == usual() {
		return
	}
	switch v := v.(type) {
	case string:
		p.line(indent, f.Name, p.text(indent, f, v))
	case content.FuzzyDate:
		p.line(indent, f.Name, dateText(v))
	case content.Ref:
		p.line(indent, f.Name, p.ref(f, v))
	case []content.Ref:
		words := make([]string, len(v))
		for i, ref := range v {
			words[i] = p.ref(f, ref)
		}
		p.words(indent, f, words)
	case []string:
		words := make([]string, len(v))
		for i, text := range v {
			words[i] = p.text(indent, f, text)
		}
		p.words(indent, f, words)
	case []map[string]any:
		p.elements(indent, f, v)
	case map[string]any:
		p.place(indent, f, v)
	default:
		p.line(indent, f.Name, fmt.Sprint(v)) // numbers and flags
	}
}

func (p *printer) line(indent int, name, value string) {
	p.b.WriteString(strings.Repeat(" ", indent) + name + ": " + value + "\n")
}

// words writes a list of single values: between brackets where that is short.
func (p *printer) words(indent int, f *content.Field, words []string) {
	line := "[" + strings.Join(words, ", ") + "]"
	if len(line) <= 100 && (f.Kind == content.RefList || f.Enum != nil) {
		p.line(indent, f.Name, line)
		return
	}
	p.b.WriteString(strings.Repeat(" ", indent) + f.Name + ":\n")
	for _, w := range words {
		p.b.WriteString(strings.Repeat(" ", indent+2) + "- " + w + "\n")
	}
}

// elements writes a list of mappings, each beginning behind a hyphen.
func (p *printer) elements(indent int, f *content.Field, list []map[string]any) {
	p.b.WriteString(strings.Repeat(" ", indent) + f.Name + ":\n")
	for _, element := range list {
		begin := p.b.Len()
		for i := range f.Fields {
			g := &f.Fields[i]
			p.field(indent+4, g, func() string { return defaultOf(g) }, element[g.Name])
		}
		if p.b.Len() == begin { // it says nothing but its defaults
			p.b.WriteString(strings.Repeat(" ", indent+2) + "- {}\n")
			continue
		}
		p.b.Bytes()[begin+indent+2] = '-'
	}
}

func (p *printer) ref(f *content.Field, ref content.Ref) string {
	slug, err := p.slugs(ref)
	if err != nil && p.err == nil {
		p.err = err
	}
	if len(f.To) > 1 {
		return refName(ref.Type, string(slug))
	}
	return scalarText(string(slug))
}

// text writes a text: over several lines where it has some.
func (p *printer) text(indent int, f *content.Field, text string) string {
	if !strings.Contains(text, "\n") || f.Kind != content.RichText || !blockable(text) {
		return scalarText(text)
	}
	var b strings.Builder
	b.WriteString("|-")
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteByte('\n')
		if line != "" {
			b.WriteString(strings.Repeat(" ", indent+2) + line)
		}
	}
	return b.String()
}

// blockable reports whether a text of several lines can be written as a block unchanged.
func blockable(text string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimRight(line, " \t") != line || strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsGraphic(r) }) {
			return false
		}
	}
	return true
}

var plainText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\pL[\pL\pM\p{Nd} _./()'’+-]*$`)
})

// scalarText writes a text in one line, between quotes where it could be read as anything else.
func scalarText(text string) string {
	reserved := []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
	if plainText().MatchString(text) && !slices.Contains(reserved, strings.ToLower(text)) && !strings.HasSuffix(text, " ") {
		return text
	}
	return quoted(text)
}

// quoted writes a text between double quotes.
func quoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsGraphic(r) && (r == ' ' || !unicode.IsSpace(r)):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

var plainDate = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9][0-9~%?/.+-]*$`) })

func dateText(d content.FuzzyDate) string {
	edtf := d.EDTF()
	if !plainDate().MatchString(edtf) {
		edtf = quoted(edtf)
	}
	if d.Verbatim() == "" {
		return edtf
	}
	language := ""
	if l := d.VerbatimLocale(); l != "" {
		language = ", verbatimLocale: " + scalarText(string(l))
	}
	return "{edtf: " + edtf + ", verbatim: " + scalarText(d.Verbatim()) + language + "}"
}

// place writes a place in one line, or as a block where it has translations.
func (p *printer) place(indent int, f *content.Field, place map[string]any) {
	var parts []string
	for _, name := range []string{"name", "country"} {
		if text, ok := place[name].(string); ok {
			parts = append(parts, name+": "+scalarText(text))
		}
	}
	for _, name := range []string{"latitude", "longitude"} {
		if degrees, ok := place[name].(float64); ok {
			parts = append(parts, name+": "+strconv.FormatFloat(degrees, 'f', -1, 64))
		}
	}
	translations := f.Field("translations")
	if place[translations.Name] == nil {
		p.line(indent, f.Name, "{"+strings.Join(parts, ", ")+"}")
		return
	}
	p.b.WriteString(strings.Repeat(" ", indent) + f.Name + ":\n")
	for _, part := range parts {
		p.b.WriteString(strings.Repeat(" ", indent+2) + part + "\n")
	}
	p.field(indent+2, translations, translations.Default, place[translations.Name])
}
