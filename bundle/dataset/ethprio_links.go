package dataset

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"

	"parley/content"
)

// count remembers how an actor is called.
func (e *ethPRIO) count(x row) {
	id := x.known("ucdp_actor_id")
	if e.names[id] == nil {
		e.names[id] = map[string]int{}
	}
	e.names[id][x.line("actor_name")]++
}

// idOf is the id of an actor: from 7000 on they are not those of UCDP, which gives the same numbers to others.
func idOf(text string) actorID {
	if number(text) >= 7000 {
		return actorID{ethPRIOActor, text}
	}
	return actorID{ucdpActor, text}
}

// usual is the name that an actor of an id has most often.
func (e *ethPRIO) usual(id string) string {
	best := ""
	for name, n := range e.names[id] {
		if best == "" || n > e.names[id][best] || n == e.names[id][best] && name < best {
			best = name
		}
	}
	return best
}

// parties are the actors that declared a ceasefire. An id with several different names is that of the one
// that is there most often; the others are found by their name.
func (e *ethPRIO) parties(group []row) []content.Ref {
	var refs []content.Ref
	for _, x := range group {
		id, name := x.known("ucdp_actor_id"), x.line("actor_name")
		row := "id " + x.get("id")
		var found *actor
		switch usual := e.usual(id); {
		case name == "":
			e.LeftOut = append(e.LeftOut, row+": it names no actor")
			continue
		case id == "":
			found = e.actors.called(name, row)
		case likeName(name, usual):
			found = e.actors.numbered(idOf(id), usual)
			if called, _ := found.values["name"].(string); !slices.Contains(e.actors.candidates(usual), found) {
				e.actors.unclear("actor %s is %q in the record and %q here: it is matched by its id", id, called, usual)
			}
		default:
			e.actors.unclear("actor %s is %q in most rows and %q in others: these are found by their name", id, usual, name)
			found = e.actors.called(name, row)
		}
		if found == nil {
			continue
		}
		if ref := found.asParty(); !slices.Contains(refs, ref) && len(refs) < 50 {
			refs = append(refs, ref)
		}
	}
	return refs
}

// likeName reports whether two names are one, but for a letter or two.
func likeName(a, b string) bool {
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, " ", "")) }
	a, b = plain(a), plain(b)
	return a == b || len(a) > 10 && levenshtein.ComputeDistance(a, b) <= 2
}

// mediatorsOf are the mediators of a row.
func (e *ethPRIO) mediatorsOf(x row) (refs []content.Ref, others []string) {
	return e.mediators(x.known("mediator_send"), "id "+x.get("id"))
}

// related are the ceasefires that the rows link to.
func (e *ethPRIO) related(c *ceasefire) []map[string]any {
	var list []map[string]any
	var seen, more []string
	for _, x := range c.group {
		for i := 1; i <= 35; i++ {
			link := x.known("link_id" + strconv.Itoa(i))
			if number(link) <= 0 || slices.Contains(seen, link) {
				continue
			}
			seen = append(seen, link)
			to := strconv.Itoa(number(x.get("cc"))*1000 + number(link)) // how uniq_id is made
			switch {
			case e.groups[to] == nil:
				e.LeftOut = append(e.LeftOut, fmt.Sprintf("uniq_id %s: it links to %s, which does not exist", c.id, to))
			case to == c.id:
			case len(list) == 20:
				more = append(more, to)
			default:
				list = append(list, map[string]any{"relationKind": "LINKED", "agreement": content.Ref{Type: "Agreement", Key: content.NamedKey("Agreement", content.Slug("eth-prio-"+to))}})
			}
		}
	}
	if len(more) > 0 {
		e.LeftOut = append(e.LeftOut, fmt.Sprintf("uniq_id %s: it links to more than 20 ceasefires: %s are left out", c.id, strings.Join(more, ", ")))
	}
	return list
}

// externals are the ids of a ceasefire elsewhere. PA-X has agreements, so an id of it that several ceasefires have is that of
// an agreement which they are parts of.
func (e *ethPRIO) externals(c *ceasefire, slug content.Slug) []map[string]any {
	var ids []string
	for _, x := range c.group {
		if pax := x.known("pax_id"); pax != "" && !slices.Contains(ids, pax) {
			ids = append(ids, pax)
		}
	}
	list := []map[string]any{externalID("eth-prio-ceasefire", c.id, "EXACT")}
	for _, pax := range ids {
		holder, held := e.exact[content.ExternalID{Scheme: "pa-x", Value: pax}]
		switch many := len(e.pax[pax]) > 1; {
		case many && len(ids) > 1:
			list = append(list, externalID("pa-x", pax, "RELATED"))
		case many:
			list = append(list, externalID("pa-x", pax, "PART_OF"))
		case len(ids) > 1:
			list = append(list, externalID("pa-x", pax, "BROADER"))
		case held && holder != content.NamedKey("Agreement", slug):
			e.Ambiguous = append(e.Ambiguous, fmt.Sprintf("uniq_id %s: %s of the record has pax_id %s already: it is imported as RELATED",
				c.id, content.NewID("Agreement", holder), pax))
			list = append(list, externalID("pa-x", pax, "RELATED"))
		default:
			list = append(list, externalID("pa-x", pax, "EXACT"))
		}
	}
	return list[:min(len(list), 20)]
}

// said is what the data set says of a ceasefire in codes and words that the model has no field for.
func (e *ethPRIO) said(c *ceasefire) [][2]string {
	x := c.group[0]
	var codes []string
	for _, name := range []string{
		"ceasefire_class", "partial", "written", "fixed", "fixed_time", "timing", "ended", "mediator_nego", "implement", "enforcement",
		"ddr", "splinter", "truce", "cc", "cf_id", "ucdp_acd_id", "ucdp_dyad", "region",
	} {
		if text := x.line(name); text != "" {
			codes = append(codes, name+" "+text)
		}
	}
	class := map[string]string{"1": "cessation of hostilities", "2": "with compliance mechanisms", "3": "definitive"}[x.get("ceasefire_class")]
	return [][2]string{
		{"Class", class},
		{"On its purpose", x.known("cf_pp")},
		{"Another purpose", x.known("p_other_comment")},
		{"Mediators as coded", x.known("mediator_send")},
		{"Comment", x.known("comment")},
		{"Press sources", x.known("factivia_page")},
		{"Codes as they are", strings.Join(codes, ", ")},
	}
}

// events makes an event of each date of a ceasefire that is known.
func (e *ethPRIO) events(c *ceasefire, slug content.Slug, parties, mediators []content.Ref) {
	agreement := content.Ref{Type: "Agreement", Key: content.NamedKey("Agreement", slug)}
	place := c.values["place"]
	for _, x := range []struct {
		kind, name, title string
		on                content.FuzzyDate
	}{
		{"CEASEFIRE_DECLARED", "declared", "Ceasefire declared in ", c.declared},
		{"CEASEFIRE_IN_EFFECT", "in-effect", "Ceasefire in effect in ", c.effective},
		{"CEASEFIRE_ENDED", "ended", "Ceasefire ended in ", c.ended},
	} {
		if x.on.IsZero() {
			continue
		}
		e.put("Event", slug+"-"+content.Slug(x.name), map[string]any{
			"title": x.title + c.group[0].line("location"), "eventKind": x.kind, "occurredOn": x.on, "place": place, "agreement": agreement,
			"parties": parties[:min(len(parties), 20)], "mediators": mediators[:min(len(mediators), 20)],
			"verification": c.values["verification"], "citations": c.values["citations"],
		})
	}
}
