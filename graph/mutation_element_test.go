package graph_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"parley/content"
)

// TestElementTranslations: editors translate questions, provisions, participations, participants and places by mutations,
// which keep what they do not name, mark what falls behind and refuse what an item would be refused.
func TestElementTranslations(t *testing.T) {
	s := newService(t)
	editor := s.token(t, content.Editor)
	text := func(field, value string) []any { return []any{map[string]any{"field": field, "value": value}} }
	translations := func(field, value string) []any {
		return []any{map[string]any{"locale": "he", "translationKind": "EDITORIAL", "text": text(field, value)}}
	}
	const said = " translations { locale stale text { field value } } "
	for _, c := range []struct {
		typeName, field, answer string
		first, edited           map[string]any
		text, value             string
	}{
		{"Article", "questions", "questions {" + said + "}", map[string]any{"question": "Who?", "answer": "Two."}, map[string]any{"question": "Who?", "answer": "Three."}, "answer", "שניים."},
		{
			"Agreement", "provisions", "provisions { nodes {" + said + "} }",
			map[string]any{"title": "Pause", "text": "Six weeks."},
			map[string]any{"title": "Pause", "text": "Seven weeks."},
			"text", "שישה שבועות.",
		},
		{
			"Talk", "participations", "participations { nodes {" + said + "} }",
			map[string]any{"actor": map[string]any{"mediator": map[string]any{"slug": "ferryland"}}, "note": "Hosts."},
			map[string]any{"actor": map[string]any{"mediator": map[string]any{"id": idOf("Mediator")}}, "note": "Hosted."},
			"note", "מארחת.",
		},
		{
			"Event", "participants", "participants {" + said + "}",
			map[string]any{"actor": map[string]any{"mediator": map[string]any{"slug": "ferryland"}}, "attribution": "an aide"},
			map[string]any{"actor": map[string]any{"mediator": map[string]any{"slug": "ferryland"}}, "attribution": "an envoy"},
			"attribution", "עוזר",
		},
	} {
		name := strings.ToLower(c.typeName)
		update := func(element map[string]any) string {
			t.Helper()
			p := s.done(t, editor, "update"+c.typeName, name+" { "+c.answer+" }", map[string]any{"id": idOf(c.typeName), c.field: []any{element}})
			b, _ := json.Marshal(p[name])
			return string(b)
		}
		with := func(element map[string]any, list any) map[string]any {
			m := map[string]any{"translations": list}
			maps.Copy(m, element)
			return m
		}
		want := func(step, got, part string) {
			t.Helper()
			if !strings.Contains(got, part) {
				t.Errorf("%s %s: %s; want %s", c.field, step, got, part)
			}
		}
		fresh := fmt.Sprintf(`{"locale":"he","stale":false,"text":[{"field":%q,"value":%q}]}`, c.text, c.value)
		want("translated", update(with(c.first, translations(c.text, c.value))), fresh)
		want("sent again without them", update(c.first), fresh)
		want("edited", update(c.edited), strings.Replace(fresh, "false", "true", 1))
		want("translated again", update(with(c.edited, translations(c.text, "חדש"))), `"stale":false,"text":[{"field":"`+c.text+`","value":"חדש"}]`)
		want("cleared", update(with(c.edited, nil)), `"translations":[]`)
		for _, bad := range []struct {
			list any
			want string
		}{
			{translations("body", "x"), "translations.0.text.0.field"},
			{append(translations(c.text, "x"), translations(c.text, "y")...), "translations.1.locale"},
			{[]any{map[string]any{"locale": "en", "translationKind": "EDITORIAL", "text": text(c.text, "x")}}, "translations.0.locale"},
			{[]any{map[string]any{"locale": "he", "text": text(c.text, "x")}}, "translations.0.translationKind"},
		} {
			_, errs := s.mutate(t, editor, "update"+c.typeName, "revision", map[string]any{"id": idOf(c.typeName), c.field: []any{with(c.edited, bad.list)}})
			if want := "BAD_USER_INPUT input." + c.field + ".0." + bad.want + "\n"; told(errs) != want {
				t.Errorf("%s: %v; want %s", c.field, errs, want)
			}
		}
	}
}

// TestTranslatedPlace: a place keeps its translations as long as it has its name.
func TestTranslatedPlace(t *testing.T) {
	s := newService(t)
	editor := s.token(t, content.Editor)
	update := func(place map[string]any) string {
		t.Helper()
		p := s.done(t, editor, "updateTalk", "talk { place { translations { text { value } } } }", map[string]any{"id": idOf("Talk"), "place": place})
		return fmt.Sprint(p["talk"])
	}
	if got := update(map[string]any{"name": "Bridge Town", "latitude": 1, "longitude": 2}); !strings.Contains(got, "بلدة الجسر") {
		t.Errorf("with other coordinates it has %s", got)
	}
	if got := update(map[string]any{"name": "Port"}); strings.Contains(got, "بلدة الجسر") {
		t.Errorf("another place has %s", got)
	}
}

// TestTranslatedQuestionIsFound: a search finds the words of a translated question, and those of a place, in their language.
func TestTranslatedQuestionIsFound(t *testing.T) {
	s := newService(t)
	for query, want := range map[string]string{"ضفتان": "lake-explained", "الجسر": "lake-talks", "الحصص": "lake-draft", "المساعدين": "opening"} {
		for _, locales := range []string{"", `, locales: ["ar"]`} {
			got := s.get(fmt.Sprintf("{ search(query: %q%s) { nodes { slug } } }", query, locales), "").Body.String()
			if !strings.Contains(got, `"slug":"`+want+`"`) {
				t.Errorf("%s%s finds %s; want %s", query, locales, got, want)
			}
		}
	}
	if got := s.get(`{ search(query: "تستضيف") { nodes { slug } } }`, "").Body.String(); strings.Contains(got, "slug") {
		t.Errorf("the note of a participation is found, whose actor may be withheld: %s", got)
	}
}

// TestVerbatimLocale: the language of a source's words is kept, and decides which readers see them.
func TestVerbatimLocale(t *testing.T) {
	s := newService(t)
	editor := s.token(t, content.Editor)
	const ask = "event { occurredOn { verbatim verbatimLocale label he: label(locale: \"he-IL\") fr: label(locale: \"fr\") } }"
	input := func(date map[string]any) map[string]any {
		return map[string]any{"id": idOf("Event"), "occurredOn": date}
	}
	p := s.done(t, editor, "updateEvent", ask, input(map[string]any{"edtf": "2023-11", "verbatim": "בסוף 2023", "verbatimLocale": "he"}))
	if got, want := fmt.Sprint(p["event"]), "map[occurredOn:map[fr:novembre 2023 he:בסוף 2023 label:November 2023 verbatim:בסוף 2023 verbatimLocale:he]]"; got != want {
		t.Errorf("got %s; want %s", got, want)
	}
	p = s.done(t, editor, "updateEvent", ask, input(map[string]any{"edtf": "2023-11", "verbatim": "late 2023"}))
	if got, want := fmt.Sprint(p["event"]), "map[occurredOn:map[fr:novembre 2023 he:נובמבר 2023 label:late 2023 verbatim:late 2023 verbatimLocale:en]]"; got != want {
		t.Errorf("got %s; want %s", got, want)
	}
	_, errs := s.mutate(t, editor, "updateEvent", "revision", input(map[string]any{"edtf": "2023-11", "verbatimLocale": "he"}))
	if told(errs) != "BAD_USER_INPUT input.occurredOn.verbatimLocale\n" {
		t.Errorf("a language of no words: %v", errs)
	}
}
