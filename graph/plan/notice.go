package plan

import (
	"parley/content"
	"parley/graph/operation"
)

// notice writes the reason and the public note of the revision that a mutation made or annotated; null where it made none.
func (e *Encoder) notice(set content.ChangeSet, done content.ApplyResult, f *operation.Field) error {
	if !done.Made {
		return e.Null()
	}
	reason, note := set.Reason, set.Note
	if a := done.Annotated; a != nil {
		reason, note = a.Reason, a.Note
	}
	correction := reason == "CORRECTION" || reason == "RETRACTION"
	return e.Object(f, func(sub *operation.Field) error {
		switch {
		case sub.Name == "reason":
			return e.String(string(reason))
		case sub.Name == "isCorrection":
			return e.Value(correction)
		case sub.Name == "message":
			return e.String(noticeText(reason, note, correction))
		case note == "":
			return e.Null()
		default:
			return e.String(note)
		}
	})
}

// noticeText returns the text that describes to an editor what readers see, and where.
func noticeText(reason content.RevisionReason, note string, correction bool) string {
	switch {
	case correction && note == "":
		return "Readers find it among the corrections of each item as " + string(reason) + ", without a note: use publicNote to say what was wrong."
	case correction:
		return "Readers find it among the corrections of each item as " + string(reason) + ", with the note."
	case note == "":
		return "Readers find it in the history of each item as " + string(reason) + ", without a note."
	default:
		return "Readers find the note in the history of each item, and not among its corrections, since the reason is " + string(reason) +
			": send reason: CORRECTION for a correction."
	}
}
