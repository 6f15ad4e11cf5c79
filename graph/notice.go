package graph

import "parley/content"

// notice writes what readers are told of the revision that a mutation made, or annotated; null where it made none.
func (e *encoder) notice(set content.ChangeSet, done content.ApplyResult, f *field) error {
	if !done.Made {
		return e.null()
	}
	reason, note := set.Reason, set.Note
	if a := done.Annotated; a != nil {
		reason, note = a.Reason, a.Note
	}
	correction := reason == "CORRECTION" || reason == "RETRACTION"
	return e.object(f, func(sub *field) error {
		switch {
		case sub.name == "reason":
			return e.string(string(reason))
		case sub.name == "isCorrection":
			return e.value(correction)
		case sub.name == "message":
			return e.string(noticeText(reason, note, correction))
		case note == "":
			return e.null()
		default:
			return e.string(note)
		}
	})
}

// noticeText tells an editor what readers find, and where.
func noticeText(reason content.RevisionReason, note string, correction bool) string {
	switch {
	case correction && note == "":
		return "Readers find it among the corrections of each item as " + string(reason) + ", without a note: publicNote says what was wrong."
	case correction:
		return "Readers find it among the corrections of each item as " + string(reason) + ", with the note."
	case note == "":
		return "Readers find it in the history of each item as " + string(reason) + ", without a note."
	default:
		return "Readers find the note in the history of each item, and not among its corrections, since the reason is " + string(reason) +
			": send reason: CORRECTION for a correction."
	}
}
