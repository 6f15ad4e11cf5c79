package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"parley/content"
)

// TestLanguageTags gives language tags in every way that they are written, and reads them by any other.
func TestLanguageTags(t *testing.T) {
	s := newService(t)
	admin := s.token(t, content.Admin)
	for i, tag := range []string{"AR", "ar-Arab", "ar"} {
		s.done(t, admin, "createSource", "source { slug }", map[string]any{
			"slug": fmt.Sprint("tagged-", i), "title": "عنوان", "locale": tag, "language": "iw",
			"translations": []any{map[string]any{"locale": "PT_br", "translationKind": "EDITORIAL", "text": []any{map[string]any{"field": "title", "value": "Título"}}}},
		})
	}
	for _, tag := range []string{"ar", "AR", "ar_Arab"} {
		a, w := s.post(t, admin, `query ($tag: String!) { it: sources(where: { locale: { eq: $tag }, language: { in: ["HE", "he-Hebr"] }, slug: { startsWith: "tagged-" } }) {
  totalCount nodes { locale direction language translations { locale } } } }`, map[string]any{"tag": tag})
		want := `map[direction:RTL language:he locale:ar translations:[map[locale:pt-BR]]]`
		nodes, _ := a.Data["it"]["nodes"].([]any)
		if len(nodes) != 3 || fmt.Sprint(nodes[0]) != want || fmt.Sprint(nodes[1]) != want {
			t.Errorf("%s finds %s; want three times %s", tag, w.Body, want)
		}
	}
	a, w := s.post(t, admin, `{ it: source(slug: "tagged-0", locales: ["pt_BR"]) { title locale direction } }`, nil)
	if fmt.Sprint(a.Data["it"]) != "map[direction:LTR locale:pt-BR title:Título]" {
		t.Errorf("in Portuguese it is %s", w.Body)
	}
	input := func(locale string, translations ...string) map[string]any {
		var list []any
		for _, l := range translations {
			list = append(list, map[string]any{"locale": l, "translationKind": "EDITORIAL", "text": []any{map[string]any{"field": "title", "value": "x"}}})
		}
		return map[string]any{"title": "t", "locale": locale, "translations": list}
	}
	for _, c := range []struct {
		input map[string]any
		want  string
	}{
		{input("en", "AR", "ar"), "BAD_USER_INPUT input.translations.1.locale\n"},
		{input("AR", "ar"), "BAD_USER_INPUT input.translations.0.locale\n"},
		{input("arabic"), "BAD_USER_INPUT input.locale\n"},
		{input("zz"), "BAD_USER_INPUT input.locale\n"},
	} {
		if _, errs := s.mutate(t, admin, "createSource", "revision", c.input); told(errs) != c.want {
			t.Errorf("%v: %v, want %s", c.input, errs, c.want)
		}
	}
	for _, q := range []string{`{ it: sources(where: { locale: { eq: "arabic" } }) { totalCount } }`, `{ it: sources(locales: ["zz"]) { totalCount } }`} {
		if a, w := s.post(t, admin, q, nil); len(a.Errors) != 1 || a.Errors[0].Extensions["code"] != "BAD_USER_INPUT" {
			t.Errorf("%s is answered %s", q, w.Body)
		}
	}
}

// TestTextsAreComposed writes texts in decomposed letters and finds them by composed ones, and the other way round, in literals
// and variables.
func TestTextsAreComposed(t *testing.T) {
	s := newService(t)
	admin := s.token(t, content.Admin)
	const composed, decomposed = "Réunion à Genève", "Re\u0301union a\u0300 Gene\u0300ve"
	input := map[string]any{
		"title": decomposed, "publisher": composed, "locale": "fr", "idempotencyKey": "cle\u0301",
		"externalIds": []any{map[string]any{"scheme": "sche\u0301ma", "value": decomposed}},
	}
	made := s.done(t, admin, "createSource", "revision source { id slug title }", input)
	source := made["source"].(map[string]any)
	if source["title"] != composed || source["slug"] != "reunion-a-geneve" {
		t.Errorf("made %v", made)
	}
	input["title"], input["idempotencyKey"] = composed, "clé"
	if again := s.done(t, admin, "createSource", "revision source { id slug title }", input); again["revision"] != made["revision"] {
		t.Errorf("sent again composed: %v; want the first answer %v", again, made)
	}
	same := s.done(t, admin, "updateSource", "revision", map[string]any{"id": source["id"], "title": decomposed, "publisher": decomposed})
	if same["revision"] != made["revision"] {
		t.Errorf("the same texts decomposed made revision %v", same["revision"])
	}
	for _, text := range []string{composed, decomposed} {
		for _, q := range []string{
			`{ it: sources(where: { title: { eq: "%s" } }) { nodes { id } } }`,
			`{ it: sources(where: { title: { in: ["x", "%s"] } }) { nodes { id } } }`,
			`{ it: sources(where: { publisher: { eq: """%s""" } }) { nodes { id } } }`,
			`{ it: sources(where: { title: { startsWith: "%s" } }) { nodes { id } } }`,
			`{ it: sources(where: { title: { contains: "%s" } }) { nodes { id } } }`,
		} {
			if a, w := s.post(t, admin, fmt.Sprintf(q, text), nil); fmt.Sprint(a.Data["it"]["nodes"]) != fmt.Sprintf("[map[id:%s]]", source["id"]) {
				t.Errorf(q+" is answered %s", text, w.Body)
			}
		}
		a, w := s.post(t, admin, `query ($x: String!, $s: String!) { it: source(externalId: { scheme: $s, value: $x }) { id } }`, map[string]any{"x": text, "s": "sche\u0301ma"})
		if a.Data["it"]["id"] != source["id"] {
			t.Errorf("by external id %q: %s", text, w.Body)
		}
	}
	gone := s.done(t, admin, "redactContent", "nodes { ... on Source { title publisher } }", map[string]any{"id": source["id"], "text": "Gene\u0300ve", "publicNote": "x"})
	if fmt.Sprint(gone) != "map[nodes:[map[publisher:Réunion à [redacted] title:Réunion à [redacted]]]]" {
		t.Errorf("redacted: %v", gone)
	}
}

// TestRefusedDatesAreProposed writes dates as people do, in inputs and in filters: the answer has the form to write.
func TestRefusedDatesAreProposed(t *testing.T) {
	s := newService(t)
	admin := s.token(t, content.Admin)
	for text, want := range map[string]string{
		"c. 1994": "1994~", "March-April 1993": "1993-03/1993-04", "1993/94": "1993/1994", "18 February 2014": "2014-02-18", "19940830": "1994-08-30", "٢٤/١١/٢٠٢٣": "2023-11-24",
	} {
		want = "; did you mean " + want + "?"
		_, errs := s.mutate(t, admin, "createSource", "revision", map[string]any{"title": "t", "publishedOn": map[string]any{"edtf": text}})
		if told(errs) != "BAD_USER_INPUT input.publishedOn.edtf\n" || !strings.HasSuffix(errs[0].Message, want) {
			t.Errorf("%q in an input: %v; want %s", text, errs, want)
		}
		for _, q := range []string{
			`query ($d: EDTF!) { it: events(where: { occurredOn: { from: $d } }) { totalCount } }`,
			`query ($d: EDTF!) { it: issues(where: { positions: { some: { heldFrom: { until: $d } } } }) { totalCount } }`,
			`query ($d: EDTF!) { it: positions(heldOn: $d) { totalCount } }`,
		} {
			a, w := s.post(t, admin, q, map[string]any{"d": text})
			if len(a.Errors) != 1 || !strings.HasSuffix(a.Errors[0].Message, want) {
				t.Errorf("%q in %s: %s; want %s", text, q, w.Body, want)
			}
		}
	}
}

// TestPlainTextsOfInputs writes texts that are not Markdown: html and text read as they are, with their line breaks, also after an
// update that is Markdown again.
func TestPlainTextsOfInputs(t *testing.T) {
	s := newService(t)
	admin := s.token(t, content.Admin)
	const plain = "1. one\n2. *two*\n\n<b>three</b> & # four"
	ask := "article { id title summary { html text markdown } questions { answer { text } } translations { text { value } } }"
	made := s.done(t, admin, "createArticle", ask, map[string]any{
		"title": "*T*", "plain": true, "summary": plain, "questions": []any{map[string]any{"question": "*Q*?", "answer": "- a\n- b"}},
		"translations": []any{map[string]any{"locale": "fr", "translationKind": "EDITORIAL", "text": []any{map[string]any{"field": "summary", "value": "_un_"}}}},
	})["article"].(map[string]any)
	summary := made["summary"].(map[string]any)
	if html := "<p>1. one<br>\n2. *two*<br>\n<br>\n&lt;b&gt;three&lt;/b&gt; &amp; # four</p>"; summary["text"] != plain || summary["html"] != html || made["title"] != "*T*" {
		t.Errorf("made %v", made)
	}
	if got := fmt.Sprint(made["questions"], made["translations"]); got != `[map[answer:map[text:- a`+"\n"+`- b]]] [map[text:[map[value:\_un\_]]]]` {
		t.Errorf("made %s", got)
	}
	again := s.done(t, admin, "updateArticle", "revision article { summary { text } }", map[string]any{"id": made["id"], "summary": summary["markdown"]})
	if got := again["article"].(map[string]any)["summary"].(map[string]any)["text"]; got != plain {
		t.Errorf("its Markdown is read as %q", got)
	}
	marked := s.done(t, admin, "updateArticle", "article { summary { text } }", map[string]any{"id": made["id"], "summary": "*two*"})
	if got := fmt.Sprint(marked); got != "map[article:map[summary:map[text:two]]]" {
		t.Errorf("Markdown again: %s", got)
	}
}
