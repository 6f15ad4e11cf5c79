package plan

import (
	"fmt"
	"time"

	"parley/content"
	"parley/graph/operation"
)

// reached writes what a redaction blanked, or null where it blanked nothing.
func (e *Encoder) reached(r *content.Redacted, f *operation.Field) error {
	if r == nil {
		return e.Null()
	}
	return e.Object(f, func(sub *operation.Field) error {
		switch sub.Name {
		case "fields":
			return e.List(len(r.Fields), func(i int) error { return e.String(r.Fields[i]) })
		case "values":
			return e.Value(int64(r.Values))
		case "slugs":
			return e.Value(int64(r.Slugs))
		case "notes":
			return e.Value(int64(r.Notes))
		default:
			return e.Value(r.Rewritten)
		}
	})
}

// unreached says what may still hold the words that a redaction blanked.
func unreached(r *content.Redacted, at content.Revision, maxAge time.Duration) []string {
	if r == nil {
		return nil
	}
	list := []string{
		fmt.Sprintf("Backups, exports and copies of the database from before revision %d: delete them, or redact them too.", at),
		"Copies that readers hold: they are notified that the item changed, and get the redacted item when they read it again.",
		"Other items of this record that hold the same words, in their slugs too, as positions have those of their issue: redact each of them.",
		"The id of the item, if it was made from a slug with the words: whoever guesses the slug can confirm it.",
	}
	if maxAge > 0 {
		list = append(list, fmt.Sprintf("Shared caches, which may serve earlier answers for %s.", maxAge))
	}
	if r.Webhooks > 0 {
		list = append(list, fmt.Sprintf("The receivers of %d webhooks, which may have stored earlier messages.", r.Webhooks))
	}
	return list
}
