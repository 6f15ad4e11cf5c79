package dataset

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"parley/content"
)

// readUCDP reads the UCDP Peace Agreement Dataset: its processes as talks, its agreements with their provisions, its
// actors as parties and its third parties as mediators.
// https://ucdp.uu.se/downloads/
func readUCDP(r *reading) error {
	if err := r.rows.need("paid", "procID", "conflict_name", "actor_id", "actor_name", "pa_name", "pa_date", "pa_type", "version"); err != nil {
		return err
	}
	all := r.rows.all()
	version := all[0].get("version")
	r.Title = "UCDP Peace Agreement Dataset v" + version
	r.source = r.put("Source", "ucdp-peace-agreements", map[string]any{
		"title": r.Title, "publisher": "UCDP, Department of Peace and Conflict Research, Uppsala University",
		"url": "https://ucdp.uu.se/downloads/", "licence": "CC BY 4.0", "language": "en",
	})
	u := &ucdp{reading: r, names: actorNames(all), processes: map[string]*process{}, seen: map[string]bool{}}
	for _, x := range all { // those with ids first, since a name may be one of theirs
		u.parties(x)
	}
	for _, x := range all {
		r.Rows++
		paid, process := x.get("paid"), x.get("procID")
		switch {
		case number(paid) == 0 || number(process) == 0:
			r.Skipped = append(r.Skipped, fmt.Sprintf("row %d: it has no paid or no procID", r.Rows+1))
		case u.seen[paid]:
			r.Skipped = append(r.Skipped, fmt.Sprintf("row %d: paid %s stands above it already", r.Rows+1, paid))
		default:
			u.seen[paid] = true
			u.agreement(x)
		}
	}
	u.talks()
	return nil
}

// ucdp is the data set while it is read.
type ucdp struct {
	*reading
	names     map[string]string // of actors, by id
	processes map[string]*process
	order     []string
	seen      map[string]bool
}

// process gathers what the rows of a process say of it.
type process struct {
	titles []string
	rows   []string
	parts  []participation
}

// participation is an actor's part in a process, and the rows that have it.
type participation struct {
	actor content.Ref
	role  string
	rows  []string
}

func (p *process) takes(actor content.Ref, role, row string) {
	i := slices.IndexFunc(p.parts, func(x participation) bool { return x.actor == actor && x.role == role })
	if i < 0 {
		i = len(p.parts)
		p.parts = append(p.parts, participation{actor: actor, role: role})
	}
	p.parts[i].rows = append(p.parts[i].rows, row)
}

// actorNames are the names of actors by id, from the rows that list as many names as ids. A name may hold a comma.
func actorNames(all []row) map[string]string {
	names := map[string]string{}
	for _, x := range all {
		ids, list := split(x.get("actor_id"), ","), split(x.line("actor_name"), ",")
		if len(ids) != len(list) {
			continue
		}
		for i, id := range ids {
			names[id] = list[i]
		}
	}
	return names
}

// agreement reads a row.
func (u *ucdp) agreement(x row) {
	paid := x.get("paid")
	p := u.process(x)
	talk := content.Ref{Type: "Talk", Key: content.NamedKey("Talk", processSlug(x.get("procID")))}
	parties := u.parties(x)
	mediators, unnamed := u.mediators(x.get("pa_3rd"), "paid "+paid)
	role := mediatorRole(x, len(mediators)+len(unnamed))
	for _, ref := range parties {
		p.takes(ref, "NEGOTIATOR", paid)
	}
	for _, ref := range mediators {
		p.takes(ref, role, paid)
	}
	values := map[string]any{
		"title": short(x.line("pa_name"), 300), "body": orNil(x.get("pa_comment")), "agreementStatus": "SIGNED",
		"agreementScope": scope(x.get("pa_type")), "talk": talk, "parties": parties, "mediators": mediators,
		"provisions": u.provisions(x), "verification": "UNKNOWN", "endReason": orNil(short(x.line("c_duration"), 1000)),
		"externalIds": []map[string]any{externalID("ucdp-paid", paid, "EXACT")},
	}
	cites := []map[string]any{u.cite("paid " + paid)}
	if text, ok := u.text(x); ok {
		cites = append(cites, map[string]any{"source": text, "citationStance": "SUPPORTS"})
	}
	values["citations"] = cites
	doubts := u.dates(x, values)
	if told := toldType(x.get("pa_comment")); told != "" && told != scope(x.get("pa_type")) {
		doubts = append(doubts, u.disputed("paid "+paid, "pa_type %s is %s, and the narrative says %q", x.get("pa_type"), scope(x.get("pa_type")), strings.SplitN(x.get("pa_comment"), "\n", 2)[0]))
	}
	if len(doubts) > 0 {
		values["verification"] = "DISPUTED"
	}
	values["note"] = note(doubts, unnamed, [][2]string{
		{"Conflict", x.line("conflict_id")},
		{"Dyads", x.line("dyad_id")},
		{"Incompatibility", incompatibility(x.get("incompatibility"))},
		{"Signatories", x.get("pa_sign")},
		{"On the signing", x.get("c_sign")},
		{"Third parties", x.get("pa_3rd")},
		{"On third parties", x.get("c_3rd")},
		{"On its end", ifLong(x.get("c_duration"))},
	})
	u.put("Agreement", content.Slug("ucdp-"+paid), values)
}

func processSlug(id string) content.Slug { return content.Slug("ucdp-process-" + id) }

func (u *ucdp) process(x row) *process {
	id := x.get("procID")
	p := u.processes[id]
	if p == nil {
		p = &process{}
		u.processes[id], u.order = p, append(u.order, id)
	}
	if title := x.line("conflict_name"); !slices.Contains(p.titles, title) {
		p.titles = append(p.titles, title)
	}
	p.rows = append(p.rows, x.get("paid"))
	return p
}

// parties are the actors of a row. Where it lists more names than ids, since a name holds a comma, other rows give the
// names; the remaining name is the one that they do not give.
func (u *ucdp) parties(x row) []content.Ref {
	ids, names := split(x.get("actor_id"), ","), split(x.line("actor_name"), ",")
	rest := slices.Clone(names)
	var unknown []string
	for _, id := range ids {
		if name := u.names[id]; name == "" {
			unknown = append(unknown, id)
		} else if i := slices.Index(rest, name); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		}
	}
	if len(unknown) == 1 && len(rest) > 0 {
		u.names[unknown[0]] = strings.Join(rest, ", ")
	}
	var refs []content.Ref
	for _, id := range ids {
		name := u.names[id]
		if name == "" {
			u.actors.unclear("paid %s: actor %s has no name of its own in %q: it is left out", x.get("paid"), id, x.line("actor_name"))
			continue
		}
		found := u.actors.numbered(actorID{ucdpActor, id}, name)
		u.actors.rename(found, name)
		if ref := found.asParty(); !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	return refs
}

// mediatorRole is the role of third parties, as far as the narrative says it.
func mediatorRole(x row, third int) string {
	switch told := strings.Contains(strings.ToLower(x.get("c_3rd")), "mediat"); {
	case told && third == 1:
		return "LEAD_MEDIATOR"
	case told:
		return "CO_MEDIATOR"
	default:
		return "UNKNOWN"
	}
}

func scope(code string) string {
	return cmp.Or(map[string]string{"1": "FULL", "2": "PARTIAL", "3": "PROCESS"}[code], "UNKNOWN")
}

func incompatibility(codes string) string {
	names := map[string]string{"1": "territory", "2": "government", "3": "government and territory"}
	var list []string
	for _, code := range split(codes, ",") {
		if name := names[code]; name != "" {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// told matches the beginning of a narrative that names the type of its agreement.
var told = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)^\s*(full|partial|peace process)\b`) })

func toldType(narrative string) string {
	m := told().FindStringSubmatch(narrative)
	if m == nil {
		return ""
	}
	return map[string]string{"full": "FULL", "partial": "PARTIAL", "peace process": "PROCESS"}[strings.ToLower(m[1])]
}

// dates reads when the agreement was signed and when it ended, and returns what contradicts itself in them.
func (u *ucdp) dates(x row, values map[string]any) (doubts []string) {
	paid := "paid " + x.get("paid")
	signed, err := day(x.get("pa_date"))
	if err != nil {
		doubts = append(doubts, u.disputed(paid, "pa_date: %v", err))
	}
	ended, err := day(x.get("duration"))
	if err != nil {
		doubts = append(doubts, u.disputed(paid, "duration: %v", err))
	}
	if !ended.IsZero() && before(ended, signed) {
		doubts = append(doubts, u.disputed(paid, "it ended on %s, before it was signed on %s", ended.EDTF(), signed.EDTF()))
	}
	values["signedOn"], values["endedOn"] = signed, ended
	if x.get("ended") == "True" {
		values["agreementStatus"] = "UNKNOWN" // the data set says that it ended, not how
	}
	return doubts
}

// text is the source of the agreement's own text, where the data set has its address.
func (u *ucdp) text(x row) (content.Ref, bool) {
	link := strings.ReplaceAll(x.get("linktofulltextagreement"), " ", "%20")
	a, err := url.Parse(link)
	if err != nil || a.Scheme != "http" && a.Scheme != "https" || a.Host == "" {
		return content.Ref{}, false
	}
	return u.put("Source", content.Slug("ucdp-text-"+x.get("paid")), map[string]any{"title": short(x.line("pa_name"), 280) + " (full text)", "url": link, "publisher": "UCDP"}), true
}

// talks makes a talk of each process.
func (u *ucdp) talks() {
	for _, id := range u.order {
		p := u.processes[id]
		var parts []map[string]any
		for _, x := range p.parts {
			if len(parts) == 100 {
				u.LeftOut = append(u.LeftOut, fmt.Sprintf("procID %s: it has more than 100 participations: the rest is left out", id))
				break
			}
			parts = append(parts, map[string]any{"actor": x.actor, "role": x.role, "citations": []map[string]any{u.cite("paid " + strings.Join(x.rows, ", "))}})
		}
		u.put("Talk", processSlug(id), map[string]any{
			"title": short(strings.Join(p.titles, "; "), 300), "talkLevel": "PROCESS", "participations": parts,
			"citations":   []map[string]any{u.cite("procID " + id + ": paid " + strings.Join(p.rows, ", "))},
			"externalIds": []map[string]any{externalID("ucdp-process", id, "EXACT")},
		})
	}
}
