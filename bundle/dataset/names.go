package dataset

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// named is an actor that data sets write in several ways.
type named struct {
	name, kind string
	aliases    []string
}

// wellKnown are states and organisations by all names that data sets use for them, and states that need no other.
var wellKnown = sync.OnceValue(func() []named {
	list := []named{
		{"United Nations", "IGO", []string{"UN", "ÚN", "UNO"}},
		{"European Union", "IGO", []string{"EU"}},
		{"European Community", "IGO", []string{"EC"}},
		{"African Union", "IGO", []string{"AU"}},
		{"Organization of African Unity", "IGO", []string{"OAU", "Organisation of African Unity"}},
		{"Organization of American States", "IGO", []string{"OAS"}},
		{"Organization for Security and Co-operation in Europe", "IGO", []string{
			"OSCE", "OCSE", "Organisation for Security and Cooperation in Europe", "Organisation of Security and Cooperation in Europe",
		}},
		{"Conference on Security and Co-operation in Europe", "IGO", []string{"CSCE"}},
		{"North Atlantic Treaty Organization", "IGO", []string{"NATO"}},
		{"Economic Community of West African States", "IGO", []string{"ECOWAS"}},
		{"Economic Community of Central African States", "IGO", []string{"ECCAS"}},
		{"Intergovernmental Authority on Development", "IGO", []string{"IGAD", "Inter-Governmental Authority on Development"}},
		{"International Committee of the Red Cross", "NGO", []string{"ICRC"}},
		{"Organization of Islamic Cooperation", "IGO", []string{
			"OIC", "Organisation of Islamic Conference", "Organization of Islamic Conference", "Organization of the Islamic Conference", "Islamic Conference Organisation",
		}},
		{"League of Arab States", "IGO", []string{"Arab League"}},
		{"Association of Southeast Asian Nations", "IGO", []string{"ASEAN"}},
		{"Southern African Development Community", "IGO", []string{"SADC"}},
		{"Community of Sahel-Saharan States", "IGO", []string{"CEN-SAD", "COMESSA"}},
		{"Community of Portuguese Language Countries", "IGO", []string{"CPLP"}},
		{"Commonwealth of Nations", "IGO", []string{"Commonwealth", "Commonwealth Organization"}},
		{"United Nations High Commissioner for Refugees", "IGO", []string{"UNHCR"}},
		{"Community of Sant'Egidio", "NGO", []string{"Sant'Egidio", "Sant'Edigio", "Roman Catholic Community of Sant'Egidio", "Roman Catholic community of Saint Egidio"}},
		{"Catholic Church", "NGO", []string{"Roman Catholic Church", "Roman Catolic Church"}},
		{"Nelson Mandela", "PERSON", []string{"Mandela"}},
		{"Ketumile Masire", "PERSON", []string{"Sir Ketumile Masire"}},
		{"Centre for Humanitarian Dialogue", "NGO", []string{"HD", "Henry Dunant Centre for Human Dialogue", "Henry Dunant"}},
		{"Crisis Management Initiative", "NGO", []string{"CMI"}},
		{"United States", "STATE", []string{"US", "USA", "United States of America"}},
		{"United Kingdom", "STATE", []string{"UK", "United Kingdom of Great Britain and Northern Ireland"}},
		{"Russia", "STATE", []string{"Russian Federation"}},
		{"Soviet Union", "STATE", []string{"USSR"}},
		{"Saudi Arabia", "STATE", []string{"KSA", "Saudi-Arabia"}},
		{"Ivory Coast", "STATE", []string{"Cote dIvoire", "Côte d'Ivoire", "Cote d'Ivoire"}},
		{"Burkina Faso", "STATE", []string{"Burkino Faso"}},
		{"Solomon Islands", "STATE", []string{"Soloman Islands"}},
		{"Germany", "STATE", []string{"Federal Republic of Germany"}},
		{"France", "STATE", []string{"French Republic"}},
	}
	const states = "Algeria|Angola|Argentina|Australia|Belgium|Benin|Brazil|Burundi|Cameroon|Canada|Central African Republic|Chad|Chile|China|Colombia|Congo|Cuba|" +
		"Djibouti|Ecuador|Egypt|Eritrea|Estonia|Ethiopia|Fiji|Finland|Gabon|Gambia|Georgia|Ghana|Guinea|Guinea-Bissau|India|Indonesia|Iran|Iraq|Ireland|Israel|Italy|" +
		"Japan|Jordan|Kazakhstan|Kenya|Kuwait|Lebanon|Liberia|Libya|Madagascar|Malaysia|Mali|Mauritania|Mauritius|Mexico|Mozambique|Netherlands|New Zealand|Niger|" +
		"Nigeria|Norway|Pakistan|Philippines|Portugal|Qatar|Republic of Congo|Romania|Rwanda|Senegal|Sierra Leone|Somalia|South Africa|South Sudan|Spain|Sudan|Sweden|" +
		"Switzerland|Syria|Tanzania|Thailand|Togo|Turkey|Turkmenistan|Uganda|Ukraine|Uzbekistan|Vanuatu|Venezuela|Yemen|Zambia|Zimbabwe"
	for state := range strings.SplitSeq(states, "|") {
		list = append(list, named{state, "STATE", nil})
	}
	return list
})

// wellKnownAs is the actor that data sets write so.
func wellKnownAs(text string) (named, bool) {
	for _, n := range wellKnown() {
		if strings.EqualFold(n.name, text) || slices.Contains(n.aliases, text) {
			return n, true
		}
	}
	return named{}, false
}

// prose matches a sentence about third parties that is not a list of their names.
var prose = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)[:"]|\b(was|were|attended|signed|mediated|witness(es|ed)?|brokered|representatives?|facilitated|guarantor|observers?|auspices|hosted|led by|chaired|for the|for IGAD|on behalf|invitation)\b`)
})

// office matches an office or a description of people that is not a name.
var office = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(president|minister|ambassadors?|governor|general|chairm[ae]n|chief|commissioner|secretary|envoy|heads?|leaders?|elders|tribal|local|clan|jirga|former|other|mediator|mediation|delegates|members|experts|powers|ministers|director|advis[eo]r|as|composed|governments?|activists|commanders|officials|chairperson)\b|\d|\W$`)
})

// namesIn takes a list of actors apart: the names in it, and what is said of somebody without naming them. What is known, by
// the data set itself, shows that a text is a name.
func namesIn(text string, known func(string) bool) (names, others []string) {
	if text == "" || strings.EqualFold(text, "no") {
		return nil, nil
	}
	if prose().MatchString(text) {
		return nil, []string{oneLine(text)}
	}
	for _, part := range split(text, ",;\n/") {
		for _, whole := range together(part, known) {
			name := bare(whole)
			switch {
			case name == "" || slices.Contains(names, name):
			case known(name) || isName(name):
				names = append(names, name)
			default:
				others = append(others, oneLine(whole))
			}
		}
	}
	return names, others
}

// bare is a name without brackets, quotes and its article.
func bare(text string) string {
	name := strings.TrimSpace(within().ReplaceAllString(strings.Trim(text, `"'. `), ""))
	for _, article := range []string{"and ", "The ", "the "} {
		name = strings.TrimPrefix(name, article)
	}
	return name
}

// together takes "Libya and Sudan" apart, where it is known that these are two.
func together(text string, known func(string) bool) []string {
	pieces := strings.Split(within().ReplaceAllString(text, ""), " and ")
	for _, p := range pieces {
		if !known(bare(p)) {
			return []string{text}
		}
	}
	return pieces
}

// within matches the text between round brackets.
var within = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\([^)]*\)?`) })

// isName reports whether a text is the name of somebody: capital letters where names have them, and few words.
func isName(text string) bool {
	words := strings.Fields(text)
	if len(words) > 8 || office().MatchString(text) || !unicode.IsUpper([]rune(text)[0]) {
		return false
	}
	return len(words) == 1 || slices.ContainsFunc(words[1:], func(w string) bool { return unicode.IsUpper([]rune(w)[0]) })
}

// split cuts a text at any of some separators outside of brackets.
func split(text, separators string) []string {
	var parts []string
	depth, begin := 0, 0
	for i, r := range text {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case depth <= 0 && strings.ContainsRune(separators, r):
			parts = append(parts, strings.TrimSpace(text[begin:i]))
			begin = i + len(string(r))
		}
	}
	return append(parts, strings.TrimSpace(text[begin:]))
}
