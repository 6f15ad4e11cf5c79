package bundle

import (
	"slices"
	"strings"
	"unicode"

	"parley/content"
)

// columnField returns the place among fields of the one that the name of a column means, or -1: by its exact name, else in any
// case and with other spaces, hyphens or underscores ("Occurred on"), else by another name that sheets use for it.
func columnField(t *content.Type, fields []content.Field, name string) int {
	at := slices.IndexFunc(fields, func(f content.Field) bool { return f.Name == name })
	if at >= 0 {
		return at
	}
	plain := plainName(name)
	at = slices.IndexFunc(fields, func(f content.Field) bool { return plainName(f.Name) == plain })
	if at >= 0 || plain == "" {
		return at
	}
	for _, other := range otherNames(plain) {
		at = slices.IndexFunc(fields, func(f content.Field) bool {
			return f.Name == other || f.Kind == content.Enum && ownName(t, f.Name) == other
		})
		if at >= 0 {
			return at
		}
	}
	return -1
}

// plainName returns the letters and digits of a name in lower case.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// ownName returns the name of an enumeration without that of its type: the "kind" of eventKind, the "status" of talkStatus.
func ownName(t *content.Type, name string) string {
	for _, prefix := range []string{t.Name, t.Base} {
		if rest, ok := strings.CutPrefix(name, strings.ToLower(prefix)); ok {
			return strings.ToLower(rest)
		}
	}
	return ""
}

// otherNames are the fields that sheets call by a name, those before that are tried first.
func otherNames(name string) []string {
	switch name {
	case "kind", "type":
		return []string{"kind"}
	case "status", "level", "format", "category", "nature", "scope", "side":
		return []string{name}
	case "track":
		return []string{"diplomacyTrack"}
	case "headline", "heading", "name", "title", "label":
		return []string{"title", "name", "holder"}
	case "description", "abstract", "lead", "lede", "standfirst":
		return []string{"summary", "description"}
	case "text", "content", "fulltext", "article":
		return []string{"body"}
	case "date", "when", "day":
		return []string{"occurredOn", "publishedOn", "signedOn"}
	case "published", "publicationdate", "datepublished", "pubdate":
		return []string{"publishedOn"}
	case "signed", "datesigned", "signingdate":
		return []string{"signedOn"}
	case "start", "started", "startdate", "from", "begin", "begins", "began":
		return []string{"startedOn", "heldFrom", "effectiveOn"}
	case "end", "ended", "enddate", "until", "to", "finished":
		return []string{"endedOn", "heldUntil"}
	case "location", "venue", "where", "city":
		return []string{"place"}
	case "lang":
		return []string{"language", "locale"}
	case "language":
		return []string{"locale"}
	case "source", "sources", "citation", "references":
		return []string{"citations"}
	case "link", "website", "web", "address", "uri":
		return []string{"url"}
	case "archive", "archived", "archiveurl":
		return []string{"archivedUrl"}
	case "license", "rights":
		return []string{"licence"}
	case "author", "authors", "by":
		return []string{"byline"}
	case "aka", "alias", "othernames", "alsoknownas":
		return []string{"aliases"}
	case "mediator", "mediatedby":
		return []string{"mediators"}
	case "party", "actors":
		return []string{"parties"}
	case "topics", "topic":
		return []string{"issues"}
	case "publicationstatus", "visibility":
		return []string{"pubStatus"}
	case "embargo", "embargoeduntil":
		return []string{"embargoedUntil"}
	default:
		return nil
	}
}
