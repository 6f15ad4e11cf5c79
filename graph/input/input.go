package input

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"

	"parley/content"
)

// Bounds of inputs.
const (
	maxChanges  = 1000 // of applyChanges
	maxProblems = 100  // that are reported of one input
	maxNote     = 2000 // characters of a public note
	maxKey      = 100  // characters of an idempotency key, and of the name that a change gives to what it creates
)

// Reader turns the input of a mutation into changes, and gathers all problems of it: everything that can be checked
// without looking at the record.
type Reader struct {
	Schema   *ast.Schema
	Now      time.Time
	Who      content.Principal
	plain    bool // whether the texts of the item that is read are plain
	Problems content.Problems
}

// fieldError adds a problem at a path of the input.
func (in *Reader) fieldError(path, format string, args ...any) {
	e := content.Errorf(content.BadUserInput, format, args...)
	e.Field = path
	in.note(e)
}

func (in *Reader) note(e *content.Error) {
	if len(in.Problems) < maxProblems {
		in.Problems = append(in.Problems, e)
	}
}

// ChangeSet reads the input of a mutation.
func (in *Reader) ChangeSet(mutation string, m map[string]any) (content.ChangeSet, error) {
	set := content.ChangeSet{Author: in.Who.Name, Token: in.Who.Token, Reason: "UPDATE"}
	if mutation == "publishContent" || mutation == "withdrawContent" {
		set.Reason = "PUBLICATION"
	}
	in.revision(&set, mutation, m)
	set.IncludeSources, set.IncludeCiting = m["includeSources"] == true, m["includeCiting"] == true
	switch mutation {
	case "applyChanges":
		set.IfRevision = in.ifRevision(m, "input")
		in.changes(&set, m)
	case "publishContent", "withdrawContent":
		set.Changes = in.publication(mutation, m)
	case "revertRevision":
		set.IfRevision = in.ifRevision(m, "input")
		undo, _ := in.positive(m, "revision", "input")
		set.Undo, set.Role = content.Revision(undo), in.Who.Role
	case "annotateRevision":
		in.annotation(&set, m)
	case "revertContent":
		set.Changes = []content.Change{in.revert(m)}
	case "redactContent":
		set.Reason = "REDACTION"
		set.Changes = []content.Change{in.redact(m)}
	default:
		if m["key"] != nil {
			in.fieldError("input.key", "key is for the other changes of an applyChanges, and here is one change: leave it out")
		}
		set.Changes = []content.Change{in.change(&set, mutation, m, "input")}
	}
	if set.Idempotency.Key == "" {
		return set, nil
	}
	b, err := json.Marshal(m)
	if err != nil {
		return set, fmt.Errorf("name the input: %w", err)
	}
	sum := sha256.Sum256(b)
	set.Idempotency.Mutation, set.Idempotency.Input = mutation, hex.EncodeToString(sum[:])
	return set, nil
}

// revision reads what every input says of its revision.
func (in *Reader) revision(set *content.ChangeSet, mutation string, m map[string]any) {
	if reason, ok := m["reason"].(string); ok {
		set.Reason = content.RevisionReason(reason)
		if reason == "REDACTION" && mutation != "redactContent" {
			in.fieldError("input.reason", "REDACTION is reserved for redactContent")
		}
	}
	if key, ok := in.line(m, "idempotencyKey", maxKey); ok {
		set.Idempotency.Key = key
	}
	note, ok := m["publicNote"].(string)
	note = strings.TrimSpace(note)
	switch {
	case mutation == "withdrawContent" && note == "":
		in.fieldError("input.publicNote", "publicNote is empty: it tells readers why the item is gone")
	case ok && utf8.RuneCountInString(note) > maxNote:
		in.fieldError("input.publicNote", "publicNote has more than %d characters", maxNote)
	case strings.ContainsFunc(note, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }):
		in.fieldError("input.publicNote", "publicNote contains control characters: remove them")
	default:
		set.Note = note
	}
}

// annotation turns the reason and the note of the input into the annotation of an earlier revision; the new revision has no note.
func (in *Reader) annotation(set *content.ChangeSet, m map[string]any) {
	set.IfRevision = in.ifRevision(m, "input")
	of, _ := in.positive(m, "revision", "input")
	a := &content.Annotation{Revision: content.Revision(of), Note: set.Note}
	if m["reason"] != nil {
		a.Reason = set.Reason
	}
	if _, a.Noted = m["publicNote"]; !a.Noted && a.Reason == "" {
		in.fieldError("input", "the input changes nothing: give reason, publicNote or both")
	}
	set.Annotate, set.Reason, set.Note = a, "EDITORIAL", ""
}

// line reads a short text of one line that has no further structure.
func (in *Reader) line(m map[string]any, name string, most int) (string, bool) {
	text, ok := m[name].(string)
	if !ok {
		return "", false
	}
	if text == "" || utf8.RuneCountInString(text) > most || strings.ContainsFunc(text, unicode.IsControl) {
		in.fieldError("input."+name, "%s is a text of 1 to %d characters, without control characters", name, most)
		return "", false
	}
	return text, true
}

// ifRevision reads the revision that the author knows; 0 where the input names none.
func (in *Reader) ifRevision(m map[string]any, path string) content.Revision {
	n, given := in.positive(m, "ifRevision", path)
	if !given {
		return 0
	}
	return content.Revision(n)
}

// positive reads a number from 1 on.
func (in *Reader) positive(m map[string]any, name, path string) (int64, bool) {
	v, ok := m[name]
	if !ok || v == nil {
		return 0, false
	}
	n, _ := v.(int64)
	if n < 1 {
		in.fieldError(path+"."+name, "%s is a number from 1 on", name)
		return 0, false
	}
	return n, true
}
