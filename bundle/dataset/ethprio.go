package dataset

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/content"
)

// readETHPRIO reads the ETH/PRIO Civil Conflict CeaseFire Dataset (Clayton et al. 2022): its ceasefires as agreements
// with their events, the actors that declare them as parties, and their mediators. A ceasefire has a row for each actor.
func readETHPRIO(r *reading) error {
	if err := r.rows.need("cc", "cf_id", "uniq_id", "id", "location", "ucdp_actor_id", "actor_name", "cf_dec_yr", "cf_effect_yr", "end_yr", "side", "mediator_nego", "mediator_send"); err != nil {
		return err
	}
	r.Title = "ETH/PRIO Civil Conflict CeaseFire Dataset"
	r.source = r.put("Source", "eth-prio-ceasefires", map[string]any{
		"title": r.Title, "publisher": "ETH Zurich and Peace Research Institute Oslo (PRIO)", "language": "en",
	})
	e := &ethPRIO{reading: r, groups: map[string][]row{}, names: map[string]map[string]int{}, pax: map[string][]string{}}
	var err error
	if e.exact, err = r.record.Identifiers(r.ctx, content.TypeNamed("Agreement")); err != nil {
		return err
	}
	for _, x := range r.rows.all() {
		r.Rows++
		id := x.get("uniq_id")
		if number(id) == 0 {
			r.Skipped = append(r.Skipped, fmt.Sprintf("row %d: it has no uniq_id", r.Rows+1))
			continue
		}
		if e.groups[id] == nil {
			e.order = append(e.order, id)
		}
		e.groups[id] = append(e.groups[id], x)
		e.count(x)
		if pax := x.known("pax_id"); pax != "" && !slices.Contains(e.pax[pax], id) {
			e.pax[pax] = append(e.pax[pax], id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(e.names)) { // those with ids first, since a name may be one of theirs
		if id != "" {
			e.actors.numbered(idOf(id), e.usual(id))
		}
	}
	for _, id := range e.order {
		e.ceasefire(id, e.groups[id])
	}
	return nil
}

// ethPRIO is the data set while it is read.
type ethPRIO struct {
	*reading
	groups map[string][]row
	order  []string
	names  map[string]map[string]int // of actors by id, with how often each is there
	pax    map[string][]string       // the ceasefires that have an id of PA-X
	exact  map[content.ExternalID]content.Key
}

// ceasefire reads the rows of a ceasefire. Where they differ, the first of them holds.
func (e *ethPRIO) ceasefire(id string, group []row) {
	x := group[0]
	slug := content.Slug("eth-prio-" + id)
	c := &ceasefire{id: id, group: group, values: map[string]any{}}
	e.dates(c)
	e.differ(c)
	parties := e.parties(group)
	mediators, unnamed := e.mediatorsOf(x)
	for _, other := range group[1:] {
		more, _ := e.mediatorsOf(other)
		for _, ref := range more {
			if !slices.Contains(mediators, ref) {
				mediators = append(mediators, ref)
			}
		}
	}
	title := "Ceasefire in " + x.line("location")
	if d := c.first(); !d.IsZero() {
		title += ", " + d.Label()
	}
	var proposers []map[string]any
	for _, ref := range parties[:min(len(parties), 20)] {
		proposers = append(proposers, map[string]any{"actor": ref})
	}
	verification := "UNKNOWN"
	if len(c.doubts) > 0 {
		verification = "DISPUTED"
	}
	maps.Copy(c.values, map[string]any{
		"title": title, "agreementKind": "CEASEFIRE", "agreementStatus": "DECLARED", "agreementSide": side(x.get("side")),
		"place":   map[string]any{"name": x.line("location"), "country": x.line("location")},
		"parties": parties, "proposedBy": proposers, "mediators": mediators, "purposes": purposes(x), "hasMonitoring": flag(x.get("implement")),
		"verification": verification, "related": e.related(c), "citations": []map[string]any{e.cite("uniq_id " + id + ": id " + ids(group))},
		"externalIds": e.externals(c, slug), "note": note(c.doubts, unnamed, e.said(c)),
	})
	e.put("Agreement", slug, c.values)
	e.events(c, slug, parties, mediators)
}

// ceasefire is one of them while it is read.
type ceasefire struct {
	id                         string
	group                      []row
	values                     map[string]any
	declared, effective, ended content.FuzzyDate
	doubts                     []string
}

// first is the date that a ceasefire is called by.
func (c *ceasefire) first() content.FuzzyDate {
	if !c.declared.IsZero() {
		return c.declared
	}
	return c.effective
}

// dates reads when the ceasefire was declared, was in effect and ended, each as precise as it is known.
func (e *ethPRIO) dates(c *ceasefire) {
	x := c.group[0]
	read := func(prefix string) content.FuzzyDate {
		d, err := parts(x.get(prefix+"_yr"), x.get(prefix+"_month"), x.get(prefix+"_day"))
		if err != nil {
			c.doubts = append(c.doubts, e.disputed("uniq_id "+c.id, "%s: %v", prefix, err))
		}
		return d
	}
	c.declared, c.effective, c.ended = read("cf_dec"), read("cf_effect"), read("end")
	ended := c.ended
	if before(c.ended, c.effective) {
		c.doubts = append(c.doubts, e.disputed("uniq_id "+c.id, "it ended on %s, before it was in effect on %s: the end is left out", c.ended.EDTF(), c.effective.EDTF()))
		ended = content.FuzzyDate{}
	}
	c.values["proposedOn"], c.values["effectiveOn"], c.values["endedOn"] = c.declared, c.effective, ended
	c.ended = ended
}

// differ notes where the rows of a ceasefire say different things of it.
func (e *ethPRIO) differ(c *ceasefire) {
	for _, columns := range [][]string{
		{"cf_dec_yr", "cf_dec_month", "cf_dec_day"},
		{"cf_effect_yr", "cf_effect_month", "cf_effect_day"},
		{"end_yr", "end_month", "end_day"},
		{"side"},
		{"ended"},
		{"timing"},
		{"ceasefire_class"},
		{"partial"},
		{"written"},
		{"implement"},
		{"mediator_nego"},
		{"mediator_send"},
		{"p_humanitarian", "p_peaceprocess", "p_holiday", "p_election", "p_other", "p_unclear"},
	} {
		var said []string
		for _, x := range c.group {
			var cells []string
			for _, name := range columns {
				cells = append(cells, x.line(name))
			}
			if text := strings.Join(cells, " "); !slices.Contains(said, text) {
				said = append(said, text)
			}
		}
		if len(said) > 1 {
			c.doubts = append(c.doubts, e.disputed("uniq_id "+c.id, "its rows differ in %s: %s; the first holds", strings.Join(columns, ", "), strings.Join(said, " | ")))
		}
	}
}

func ids(group []row) string {
	list := make([]string, len(group))
	for i, x := range group {
		list[i] = x.get("id")
	}
	return strings.Join(list, ", ")
}

func side(code string) string {
	switch code {
	case "1":
		return "UNILATERAL"
	case "2":
		return "BILATERAL"
	case "3":
		return "MULTILATERAL"
	default:
		return "UNKNOWN"
	}
}

// flag reads a code of 1 for yes and 0 for no; anything else is unknown.
func flag(code string) any {
	switch code {
	case "1":
		return true
	case "0":
		return false
	default:
		return nil
	}
}

func purposes(x row) any {
	var list []string
	for _, p := range [][2]string{
		{"p_humanitarian", "HUMANITARIAN"},
		{"p_peaceprocess", "PEACE_PROCESS"},
		{"p_holiday", "HOLIDAY"},
		{"p_election", "ELECTION"},
		{"p_other", "OTHER"},
		{"p_unclear", "UNKNOWN"},
	} {
		if x.get(p[0]) == "1" {
			list = append(list, p[1])
		}
	}
	if list == nil {
		return nil
	}
	return list
}
