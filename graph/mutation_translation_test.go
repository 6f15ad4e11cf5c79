package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"parley/content"
)

// TestTranslationsMerge: an update touches the languages that it names, and in them the fields that it names, for every
// type and in applyChanges too.
func TestTranslationsMerge(t *testing.T) {
	s := newService(t)
	editor := s.token(t, content.Editor)
	translated := func(locale string, text any) map[string]any { return map[string]any{"locale": locale, "text": text} }
	one := func(field string, value any) []any { return []any{map[string]any{"field": field, "value": value}} }
	for n, typ := range content.Types() {
		f := translatable(typ)
		made := func(locale string) map[string]any {
			m := translated(locale, one(f, locale))
			m["translationKind"] = "EDITORIAL"
			return m
		}
		input := createInput(typ, 100+n)
		input["locale"], input["translations"] = "en", []any{made("ar"), made("he"), made("fr")}
		field := strings.ToLower(typ.Name)
		item := s.done(t, editor, "create"+typ.Name, field+" { id }", input)[field].(map[string]any)
		update := func(list any) string {
			t.Helper()
			p := s.done(t, editor, "update"+typ.Name, field+" { translations { locale translationKind text { field value } } }",
				map[string]any{"id": item["id"], "translations": list})
			var out strings.Builder
			for _, v := range p[field].(map[string]any)["translations"].([]any) {
				m := v.(map[string]any)
				fmt.Fprint(&out, m["locale"], " ", m["translationKind"])
				for _, text := range m["text"].([]any) {
					fmt.Fprint(&out, " ", text.(map[string]any)["field"] == f, " ", text.(map[string]any)["value"])
				}
				out.WriteString("; ")
			}
			return out.String()
		}
		for _, step := range []struct {
			list any
			want string
		}{
			{[]any{translated("ar", one(f, "new"))}, "ar EDITORIAL true new; he EDITORIAL true he; fr EDITORIAL true fr; "},
			{[]any{}, "ar EDITORIAL true new; he EDITORIAL true he; fr EDITORIAL true fr; "},
			{[]any{map[string]any{"locale": "fr", "translationKind": "OFFICIAL"}}, "ar EDITORIAL true new; he EDITORIAL true he; fr OFFICIAL true fr; "},
			{[]any{translated("he", nil)}, "ar EDITORIAL true new; fr OFFICIAL true fr; "},
			{[]any{translated("ar", one(f, nil))}, "fr OFFICIAL true fr; "},
			{nil, ""},
		} {
			if got := update(step.list); got != step.want {
				t.Errorf("%s after %v: got %s; want %s", typ.Name, step.list, got, step.want)
			}
		}
		_, errs := s.mutate(t, editor, "update"+typ.Name, "revision", map[string]any{"id": item["id"], "translations": []any{translated("de", one(f, "x"))}})
		if told(errs) != "BAD_USER_INPUT input.translations.0.translationKind\n" {
			t.Errorf("%s in a new language without a kind: %v", typ.Name, errs)
		}
	}
	id := idOf("Source")
	change := func(list any) map[string]any {
		return map[string]any{"updateSource": map[string]any{"id": id, "translations": list}}
	}
	german := map[string]any{"locale": "de", "translationKind": "MACHINE", "text": one("title", "Seebote")}
	s.done(t, editor, "updateSource", "revision", map[string]any{"id": id, "translations": nil})
	p := s.done(t, editor, "applyChanges", "nodes { translations { locale text { value } } }", map[string]any{"changes": []any{
		change([]any{german}), change([]any{map[string]any{"locale": "nl", "translationKind": "MACHINE", "text": one("title", "Meerbode")}}),
	}})
	if got := fmt.Sprint(p["nodes"]); got != "[map[translations:[map[locale:de text:[map[value:Seebote]]] map[locale:nl text:[map[value:Meerbode]]]]]]" {
		t.Errorf("after two changes of one call: %s", got)
	}
	_, errs := s.mutate(t, editor, "updateSource", "revision", map[string]any{"id": id, "locale": "de"})
	if told(errs) != "BAD_USER_INPUT input.locale\n" {
		t.Errorf("the language of a translation for the item: %v", errs)
	}
}

// translatable is the first text of a type that other languages have.
func translatable(t *content.Type) string {
	for i := range t.Fields {
		if t.Fields[i].Translatable() {
			return t.Fields[i].Name
		}
	}
	return ""
}
