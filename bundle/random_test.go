package bundle_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/content"
)

// awkward are texts that a file format could take for something else.
var awkward = strings.Split(`null|true|~|1|1e3|0x1f|2021-05-03|- a list|key: value|# no comment|a # b|[a, b]|{a: b}|&anchor|*alias|!tag|%percent|@at|"quoted"|'single'|back\slash|a: |:a|? b|| block|> folded|---|...|=1+1|+1|@SUM(A1)|-2|'=1|''@x|'apostrophe|''|'|a;b|a,b|a	tab|مفاوضات وقف إطلاق النار|שיחות: הפסקת אש|Đà Nẵng – “Straße”|😀 emoji|zero`+"\u200b"+`width| nbsp|\u0041|é combining|it's|yes|No|null ok|<b>html</b>|$1`, "|")

// random makes content of every type with values in every field, valid and hard to write.
type random struct {
	*rand.Rand
	t     *testing.T
	items []content.Item
	refs  map[string][]content.Ref
}

func newRandom(t *testing.T, seed uint64) *random {
	t.Helper()
	return &random{Rand: rand.New(rand.NewPCG(seed, 7)), t: t, refs: map[string][]content.Ref{}}
}

// all makes the items of a record.
func (r *random) all() []content.Item {
	// What is made first can be referred to by what comes later.
	for _, name := range []string{"Source", "Mediator", "Party", "Issue", "Talk", "Position", "Agreement", "Event", "Article"} {
		for i := range 1 + r.IntN(6) {
			r.item(content.TypeNamed(name), i)
		}
	}
	return r.items
}

func (r *random) item(t *content.Type, i int) {
	item := content.Item{Type: t, Slug: content.Slug(fmt.Sprintf("%s-%d", strings.ToLower(t.Name), i)), Values: map[string]any{"locale": r.pick("en", "ar", "pt-BR")}}
	if t.Base == "Actor" && i > 2 && r.IntN(2) == 0 { // the other capacity of an actor
		if had := r.refs["Mediator"]; t.Name == "Party" && len(had) > 0 {
			for _, of := range r.items {
				if ref := had[len(had)-1]; of.Type.Name == ref.Type && of.Key == ref.Key && !slices.Contains(r.refs["Party"], content.Ref{Type: "Party", Key: of.Key}) {
					r.add(content.Item{Type: t, Slug: of.Slug, Key: of.Key, Values: maps.Clone(of.Values)})
					return
				}
			}
		}
	}
	item.Key = content.NamedKey(t.Name, item.Slug)
	if r.IntN(5) == 0 { // its slug was another once
		item.Key = content.NamedKey(t.Name, item.Slug+"-before")
	}
	for j := range t.Fields {
		f := &t.Fields[j]
		must := f.Required || slices.Contains([]string{"citations", "issue"}, f.Name)
		if f.Name == "locale" || !must && r.IntN(3) == 0 {
			continue
		}
		if v := r.value(t.Fields, f); v != nil {
			item.Values[f.Name] = v
		}
	}
	if list, ok := item.Values["blockedBy"]; ok && list == nil {
		delete(item.Values, "blockedBy")
	}
	r.add(item)
}

func (r *random) add(item content.Item) {
	if r.IntN(4) == 0 && item.Type.Base != "Actor" {
		item.Publication = &content.Publication{Status: "WITHHELD"}
		if r.IntN(2) == 0 {
			item.Publication = &content.Publication{Status: "USABLE", EmbargoedUntil: time.Date(2100, 1, 2, 3, 4, 5, 0, time.UTC)}
		}
	}
	r.items = append(r.items, item)
	r.refs[item.Type.Name] = append(r.refs[item.Type.Name], content.Ref{Type: item.Type.Name, Key: item.Key})
}

func (r *random) pick(list ...string) string { return list[r.IntN(len(list))] }

// line is a text of one line, without space around it.
func (r *random) line() string {
	parts := make([]string, 1+r.IntN(3))
	for i := range parts {
		parts[i] = strings.ReplaceAll(r.pick(awkward...), "\t", " ")
	}
	if s := strings.TrimSpace(strings.Join(parts, r.pick(" ", "", ": ", " #"))); s != "" {
		return s
	}
	return "x"
}

// prose is a text of several lines.
func (r *random) prose() string {
	lines := make([]string, 1+r.IntN(6))
	for i := range lines {
		lines[i] = r.pick("", "  ", "\t", "- ", "    ") + r.line() + r.pick("", "", "  ")
	}
	return strings.TrimSpace(strings.Join(lines, r.pick("\n", "\n\n", "\n---\n")))
}

// date makes one of an early or a late time, so that no end comes before its start.
func (r *random) date(f *content.Field) content.FuzzyDate {
	text := r.pick("2001", "2001-05", "2001-05-03", "2001-05-03T14:30Z", "2001-05-03T14:30:05+02:00", "2001~", "2001-05?", "2001/2002", "2001-21", "200X", "../2001-05")
	if slices.Contains([]string{"endedOn", "until", "heldUntil", "plannedEndOn"}, f.Name) {
		text = r.pick("2011", "2011-05%", "2011-05-03", "2011~/2012~", "2011-05/..")
	}
	d, err := content.ParseEDTF(text)
	if err != nil {
		d, _ = content.ParseEDTF("2001-02")
	}
	if r.IntN(2) == 0 {
		d = d.WithVerbatimIn(r.line(), content.Locale(r.pick("", "he", "zh-Hant")))
	}
	return d
}

// ref leads to an item that was made before.
func (r *random) ref(f *content.Field) (content.Ref, bool) {
	var among []content.Ref
	for _, to := range f.To {
		among = append(among, r.refs[to]...)
	}
	if len(among) == 0 {
		return content.Ref{}, false
	}
	return among[r.IntN(len(among))], true
}

func (r *random) value(owner []content.Field, f *content.Field) any {
	switch f.Kind {
	case content.Enum:
		return r.pick(f.Enum...)
	case content.Date:
		return r.date(f)
	case content.Bool:
		return r.IntN(2) == 0
	case content.Int:
		return int64(r.IntN(100) - 50)
	case content.Place:
		p := map[string]any{"name": r.line()}
		if r.IntN(2) == 0 {
			p["country"], p["latitude"], p["longitude"] = r.line(), float64(r.IntN(180000)-90000)/1000, -0.000001
		}
		if r.IntN(2) == 0 {
			p["translations"] = r.elements(f.Fields, f.Field("translations"))
		}
		return p
	case content.SingleRef:
		if ref, ok := r.ref(f); ok {
			return ref
		}
		return nil
	case content.RefList:
		var list []content.Ref
		for range r.IntN(4) {
			if ref, ok := r.ref(f); ok && !slices.Contains(list, ref) {
				list = append(list, ref)
			}
		}
		if list == nil {
			return nil
		}
		return list
	case content.StringList:
		var list []string
		for range r.IntN(4) {
			text := r.line()
			if f.Enum != nil {
				text = r.pick(f.Enum...)
			}
			if !slices.Contains(list, text) {
				list = append(list, text)
			}
		}
		if list == nil {
			return nil
		}
		return list
	case content.JSONList, content.ChildRows:
		return r.elements(owner, f)
	default:
		return r.text(owner, f)
	}
}

func (r *random) text(owner []content.Field, f *content.Field) string {
	switch {
	case f.Name == "url" || f.Name == "archivedUrl":
		return "https://example.org/" + r.pick("", "a b", "q?x=1&y=#z", "é", "a;b")
	case f.Name == "language" || f.Name == "locale":
		return r.pick("fr", "he", "zh-Hant")
	case f.Name == "field":
		var names []string
		for _, o := range owner {
			if o.Translatable() {
				names = append(names, o.Name)
			}
		}
		return r.pick(names...)
	case f.Kind == content.RichText || f.Name == "value":
		if f.Kind == content.RichText {
			return r.prose()
		}
		fallthrough
	default:
		return r.line()
	}
}

func (r *random) elements(owner []content.Field, f *content.Field) any {
	var list []map[string]any
	seen := map[string]bool{}
	for n := range 1 + r.IntN(3) {
		e := map[string]any{}
		for i := range f.Fields {
			g := &f.Fields[i]
			within := f.Fields
			if f.Name == "citations" || f.Name == "text" {
				within = owner
			}
			if f.Name == "translations" {
				within = owner
			}
			if v := r.value(within, g); v != nil {
				e[g.Name] = v
			}
		}
		if e["stale"] == false {
			delete(e, "stale")
		}
		key := fmt.Sprint(e["locale"], e["actor"], e["issue"], e["agreement"], e["relationKind"])
		switch f.Name {
		case "citations", "participations", "provisions", "questions", "participants":
			key = strconv.Itoa(n)
		case "text":
			key = fmt.Sprint(e["field"])
		case "externalIds":
			e["value"] = fmt.Sprintf("%d-%d-%s", len(r.items), n, r.line())
			key = e["value"].(string)
		}
		needs := map[string]string{"citations": "source", "participations": "actor", "proposedBy": "actor", "blockedBy": "issue", "related": "agreement"}
		if need := needs[f.Name]; seen[key] || need != "" && e[need] == nil {
			continue
		}
		seen[key] = true
		list = append(list, e)
	}
	if list == nil {
		return nil
	}
	return list
}
