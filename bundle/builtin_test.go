package bundle_test

import (
	"encoding/json"
	"strings"
	"testing"

	"parley/bundle"
	"parley/bundle/builtin"
	"parley/content"
)

// items loads the built-in content as "type/slug" to the item.
func items(t *testing.T) map[string]content.Item {
	t.Helper()
	set, err := bundle.Load(builtin.FS())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]content.Item{}
	for _, item := range set.Items {
		all[strings.ToLower(item.Type.Name)+"/"+string(item.Slug)] = item
	}
	return all
}

// words is the value of a field as text: that of a list is its JSON.
func words(t *testing.T, v any) string {
	t.Helper()
	switch v := v.(type) {
	case string:
		return v
	case content.FuzzyDate:
		return v.EDTF() + " " + v.Verbatim()
	default:
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
}

// TestArticle holds where each fact of the article stands.
func TestArticle(t *testing.T) {
	all := items(t)
	for _, c := range []struct{ fact, item, field, want string }{
		{"both want a ceasefire", "position/both-sides-on-a-ceasefire", "stance", "SUPPORTS"},
		{"but only in theory", "position/both-sides-on-a-ceasefire", "summary", "in practice they cannot agree"},
		{"the gap where deals die", "talk/gaza-ceasefire-talks", "body", "deals die in the gap"},
		{"drafts are traded", "talk/gaza-ceasefire-talks", "participations", "traded drafts"},
		{"primary mediators", "talk/gaza-ceasefire-talks", "participations", "CO_MEDIATOR"},
		{"shuttling", "talk/gaza-ceasefire-talks", "talkFormat", "INDIRECT_SHUTTLE"},
		{"opposed positions", "talk/gaza-ceasefire-talks", "body", "fundamentally opposed"},
		{"the points are not new", "talk/gaza-ceasefire-talks", "body", "not new"},
		{"massive public pressure", "talk/gaza-ceasefire-talks", "body", "massive public pressure"},
		{"hostage sequencing", "issue/sequencing-of-hostage-releases", "issueStatus", "RAISED"},
		{"three points at once", "issue/all-three-at-once", "summary", "massive public pressure"},
		{"in exchange for prisoners", "issue/hostages-in-exchange-for-prisoners", "issueCategory", "HOSTAGES_AND_PRISONERS"},
		{"consequences of failure", "issue/consequences-of-failure", "summary", "more civilian casualties"},
		{"months of shuttling", "event/months-of-shuttling", "summary", "trade drafts"},
		{"earlier agreements", "agreement/previous-agreements", "agreementStatus", "COLLAPSED"},
		{"falls apart every two weeks", "event/falls-apart-every-two-weeks", "eventKind", "TALKS_COLLAPSED"},
		{"permanent or temporary", "issue/permanent-or-temporary-ceasefire", "issueCategory", "CEASEFIRE_DURATION"},
		{"a pause buys time", "issue/permanent-or-temporary-ceasefire", "summary", "buys time but solves nothing"},
		{"territory", "issue/territorial-control-in-transition", "issueCategory", "TERRITORY_AND_WITHDRAWAL"},
		{"troop withdrawals", "issue/territorial-control-in-transition", "summary", "Troop withdrawals"},
		{"reason: sequencing", "issue/sequencing-disputes", "issueCategory", "SEQUENCING"},
		{"reason: home", "issue/domestic-political-pressure", "issueCategory", "DOMESTIC_POLITICS"},
		{"reason: fatigue", "issue/mediator-fatigue", "issueCategory", "MEDIATION"},
		{"fatigue of two", "issue/mediator-fatigue", "summary", "Qatar and Egypt"},
		{"reason: trust", "issue/trust-deficit", "issueCategory", "TRUST"},
		{"broken agreements", "issue/trust-deficit", "summary", "broken down in implementation"},
		{"guarantees first", "position/one-side-on-sequencing", "summary", "Guarantees must come before"},
		{"action first", "position/the-other-on-sequencing", "summary", "Action must be seen"},
		{"nobody goes first", "position/both-sides-on-going-first", "stance", "OPPOSES"},
		{"no concession in public", "position/neither-side-on-a-permanent-ceasefire", "holder", "neither side"},
		{"caution", "position/both-sides-on-a-new-agreement", "summary", "cautious about any new agreement"},
		{"every few weeks", "event/cautious-optimism", "recurring", "true"},
		{"cautious optimism", "event/cautious-optimism", "outlook", "CAUTIOUSLY_OPTIMISTIC"},
		{"every two weeks", "event/breakthrough-every-two-weeks", "outlook", "OPTIMISTIC"},
		{"then it stalls", "event/stalls-again", "eventKind", "TALKS_STALLED"},
		{"a pattern", "article/this-was-predictable", "body", "it is a pattern"},
		{"ceremonial", "article/this-was-predictable", "body", "ceremony"},
		{"not worthless", "article/this-was-predictable", "body", "not worthless"},
		{"silence would be worse", "talk/gaza-ceasefire-talks", "body", "silence would be worse"},
		{"real damage", "article/this-was-predictable", "body", "real damage"},
		{"imminent", "article/this-was-predictable", "body", "imminent"},
		{"another approach", "talk/rounds-since-doha", "body", "different approach to the sequencing"},
		{"room of the mediators", "talk/rounds-since-doha", "body", "have the room"},
		{"an opinion", "article/this-was-predictable", "articleKind", "OPINION"},
		{"an explainer", "article/what-has-gone-wrong", "articleKind", "EXPLAINER"},
		{"earlier this year", "event/delegations-in-doha", "occurredOn", "2024~ earlier this year"},
		{"in Doha", "event/delegations-in-doha", "place", "Doha"},
		{"nearly final", "event/delegations-in-doha", "summary", "nearly final"},
		{"hours", "event/officials-see-hours-to-go", "outlook", "OPTIMISTIC"},
		{"who said so", "event/officials-see-hours-to-go", "participants", `"attribution":"officials"`},
		{"rejection", "event/key-clause-rejected", "participants", `"attribution":"one side"`},
		{"the clause", "agreement/doha-text", "provisions", "REJECTED"},
		{"one paragraph", "event/framework-unravels", "title", "single paragraph"},
		{"an afternoon", "event/framework-unravels", "summary", "gone in an afternoon"},
		{"frustration", "event/mediators-frustration", "summary", "most frustrating moments"},
		{"in private", "event/mediators-frustration", "basis", "PRIVATE_ACCOUNT"},
		{"weeks lost", "event/set-back-by-weeks", "summary", "by weeks"},
		{"the tone since", "event/tone-of-every-round-since", "summary", "last-minute reversal"},
		{"slower", "talk/rounds-since-doha", "summary", "the process moves slower"},
		{"between Israel and Hamas", "talk/gaza-ceasefire-talks", "summary", "between Israel and Hamas in Gaza"},
		{"casualties", "talk/gaza-ceasefire-talks", "body", "more civilian casualties"},
		{"stability", "talk/gaza-ceasefire-talks", "body", "regional stability"},
		{"pressure on mediators", "talk/gaza-ceasefire-talks", "body", "pressure on the mediating countries"},
		{"late 2023", "event/pause-in-effect", "occurredOn", "2023-10~/2023-12~ late 2023"},
		{"hostages freed", "event/hostages-released", "eventKind", "RELEASE"},
		{"aid", "event/aid-enters", "eventKind", "AID_ACCESS"},
		{"expiry", "event/pause-expires", "eventKind", "CEASEFIRE_ENDED"},
		{"the pause is over", "agreement/late-2023-pause", "agreementStatus", "EXPIRED"},
		{"a deal in theory", "agreement/successful-deal", "agreementStatus", "HYPOTHETICAL"},
		{"phased release", "agreement/successful-deal", "provisions", "phased release of hostages"},
		{"prisoners", "agreement/successful-deal", "provisions", "PRISONER_RELEASE"},
		{"sustained halt", "agreement/successful-deal", "provisions", "sustained halt"},
		{"access", "agreement/successful-deal", "provisions", "HUMANITARIAN_ACCESS"},
		{"monitoring", "agreement/successful-deal", "hasMonitoring", "true"},
		{"achievable?", "agreement/successful-deal", "summary", "achievable right now"},
	} {
		item, ok := all[c.item]
		if !ok {
			t.Errorf("%s: there is no %s", c.fact, c.item)
			continue
		}
		if got := words(t, item.Values[c.field]); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s of %s is %q, want %q in it", c.fact, c.field, c.item, got, c.want)
		}
	}
}

// TestQuestions holds that the six questions are there, each with an answer.
func TestQuestions(t *testing.T) {
	list, _ := items(t)["article/ceasefire-talks-faq"].Values["questions"].([]map[string]any)
	if len(list) != 6 {
		t.Fatalf("%d questions, want 6", len(list))
	}
	for _, q := range list {
		if answer, _ := q["answer"].(string); len(answer) < 80 {
			t.Errorf("%v is answered with %q", q["question"], answer)
		}
	}
}

// TestEverythingIsCited holds that all but the article itself cite it, and that each citation says where in it.
func TestEverythingIsCited(t *testing.T) {
	for name, item := range items(t) {
		cites, _ := item.Values["citations"].([]map[string]any)
		if item.Type.Name == "Source" {
			continue
		}
		if len(cites) == 0 {
			t.Errorf("%s cites nothing", name)
		}
		for _, list := range []string{"provisions", "participations"} {
			elements, _ := item.Values[list].([]map[string]any)
			for _, e := range elements {
				own, _ := e["citations"].([]map[string]any)
				if len(own) == 0 {
					t.Errorf("%s has one of %s without a citation: %v", name, list, e)
				}
				cites = append(cites, own...)
			}
		}
		for _, c := range cites {
			if locator, _ := c["locator"].(string); locator == "" {
				t.Errorf("%s cites without saying where: %v", name, c)
			}
			if quote, _ := c["quote"].(string); len(quote) > 130 {
				t.Errorf("%s quotes at length: %q", name, quote)
			}
		}
	}
}

// TestSidesAreNotNamed holds that what the article says of a side without a name is not pinned on a party.
func TestSidesAreNotNamed(t *testing.T) {
	for name, item := range items(t) {
		if item.Type.Name == "Position" && item.Values["party"] != nil {
			t.Errorf("%s names a party; the article names none", name)
		}
	}
}

// TestNothingIsAdded holds what the article does not say: no value stands for it, and an inferred year says so.
func TestNothingIsAdded(t *testing.T) {
	all := items(t)
	for _, c := range []struct{ item, field string }{
		{"issue/sequencing-of-hostage-releases", "blockedBy"},
		{"agreement/late-2023-pause", "purposes"},
		{"agreement/late-2023-pause", "provisions"},
		{"agreement/doha-text", "proposedOn"},
		{"source/ceasefire-talks-falling-apart", "publishedOn"},
		{"party/hamas", "actorKind"},
	} {
		if v := all[c.item].Values[c.field]; v != nil {
			t.Errorf("%s has %s %v; the article does not say it", c.item, c.field, v)
		}
	}
	for name, item := range all {
		if item.Values["stance"] == "NO_POSITION" || item.Values["issueStatus"] == "DEADLOCKED" {
			t.Errorf("%s says more than the article", name)
		}
		if place, ok := item.Values["place"].(map[string]any); ok && place["country"] != nil {
			t.Errorf("%s names the country %v", name, place["country"])
		}
		date, _ := item.Values["occurredOn"].(content.FuzzyDate)
		if strings.Contains(date.EDTF(), "2024") && (item.Values["basis"] != "INFERRED" || item.Values["body"] == nil) {
			t.Errorf("%s does not say that its year is inferred", name)
		}
	}
}

// TestTranslations holds that every text reads in Arabic, Hebrew and French, marked as machine-made and not as stale.
func TestTranslations(t *testing.T) {
	for name, item := range items(t) {
		for path, v := range content.Translated(item.Type.Fields, item.Values) {
			var there []string
			for i := range v.Fields {
				if f := &v.Fields[i]; f.Translatable() && v.Values[f.Name] != nil {
					there = append(there, f.Name)
				}
			}
			if len(there) == 0 {
				continue
			}
			texts := map[any]map[string]string{}
			list, _ := v.Values["translations"].([]map[string]any)
			for _, tr := range list {
				texts[tr["locale"]] = content.TextsOf(tr)
				if tr["translationKind"] != "MACHINE" || tr["stale"] == true {
					t.Errorf("%s %s in %s is %v, stale %v", name, path, tr["locale"], tr["translationKind"], tr["stale"])
				}
			}
			for _, locale := range []string{"ar", "he", "fr"} {
				for _, field := range there {
					if texts[locale][field] == "" {
						t.Errorf("%s%s of %s is not translated into %s", path, field, name, locale)
					}
				}
			}
		}
	}
}
