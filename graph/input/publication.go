package input

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"parley/content"
	"parley/graph/operation"
)

// publication reads which items are to be published or withdrawn.
func (in *Reader) publication(mutation string, m map[string]any) []content.Change {
	ids := operation.List(m["ids"])
	if len(ids) == 0 || len(ids) > content.MaxPage {
		in.fieldError("input.ids", "ids has %d elements: 1 to %d are allowed", len(ids), content.MaxPage)
		return nil
	}
	one := content.Change{Op: content.Publish, Publication: &content.Publication{Status: content.PubUsable, EmbargoedUntil: in.embargo(m)}}
	if mutation == "withdrawContent" {
		one = content.Change{Op: content.Withdraw, Publication: &content.Publication{Status: content.PubWithheld}}
		if status, ok := m["pubStatus"].(string); ok {
			one.Publication.Status = content.PubStatus(status)
		}
		if one.Publication.Status == content.PubUsable {
			in.fieldError("input.pubStatus", "withdrawn items are WITHHELD or CANCELED; publishContent makes them USABLE")
		}
	}
	one.Cascade = m["descendants"] == true
	one.IfRevision = in.ifRevision(m, "input")
	changes := make([]content.Change, len(ids))
	for i, v := range ids {
		c := one
		c.Path = "input.ids." + strconv.Itoa(i)
		c.Type, c.Key = in.id(v, c.Path)
		changes[i] = c
	}
	return changes
}

// embargo reads until when something is held back; zero is not at all.
func (in *Reader) embargo(m map[string]any) time.Time {
	v := m["embargoedUntil"]
	if v == nil {
		return time.Time{}
	}
	text, _ := v.(string)
	until, err := time.Parse(time.RFC3339, text)
	switch {
	case err != nil:
		in.fieldError("input.embargoedUntil", "%q is not a time: write a DateTime like 2024-03-03T12:00:00Z", operation.Shorten(text))
	case !until.After(in.Now):
		in.fieldError("input.embargoedUntil", "%s is in the past: omit embargoedUntil to publish at once", until.UTC().Format(time.RFC3339))
	}
	return until
}

// revert reads which item is to be as it was.
func (in *Reader) revert(m map[string]any) content.Change {
	c := content.Change{Op: content.Revert, Path: "input", IfRevision: in.ifRevision(m, "input")}
	c.Type, c.Key = in.id(m["id"], "input.id")
	to, _ := in.positive(m, "toRevision", "input")
	c.To = content.Revision(to)
	return c
}

// redact reads what is to be blanked.
func (in *Reader) redact(m map[string]any) content.Change {
	c := content.Change{Op: content.Redact, Path: "input", IfRevision: in.ifRevision(m, "input")}
	c.Type, c.Key = in.id(m["id"], "input.id")
	for i, v := range operation.List(m["fields"]) {
		name, _ := v.(string)
		if c.Type != nil && c.Type.Field(name) == nil {
			in.fieldError("input.fields."+strconv.Itoa(i), "there is no field %q of a %s to blank", operation.Shorten(name), strings.ToLower(c.Type.Name))
		}
		if !slices.Contains(c.Fields, name) {
			c.Fields = append(c.Fields, name)
		}
	}
	c.Text, _ = m["text"].(string)
	if strings.ContainsFunc(c.Text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		in.fieldError("input.text", "text contains control characters, which no item has")
	}
	if strings.TrimSpace(c.Text) == "" {
		if m["text"] != nil {
			in.fieldError("input.text", "text is empty: give the words to blank, or omit it")
		}
		if len(c.Fields) == 0 {
			in.fieldError("input.fields", "give what to blank: fields, text or both")
		}
	}
	return c
}
