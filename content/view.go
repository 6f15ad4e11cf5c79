package content

// Revision numbers one atomic change of the record: 1, 2, 3 and so on without a gap.
type Revision int64

// Heads are the newest revisions: of the record, and of those in which readers without a token see anything change.
type Heads struct{ Newest, Public Revision }

// Of returns the newest revision in which an audience sees anything change.
func (h Heads) Of(a Audience) Revision {
	if a == Public {
		return h.Public
	}
	return h.Newest
}

// Audience is the group of readers that a read is for.
type Audience int

// Audiences, from the one that sees least.
const (
	Public Audience = iota
	Staff
)

// View is what a read is made from. All of an answer is read from one view.
type View struct {
	// Locales are the languages wanted, best first; none is the content's own.
	Locales []Locale
	// Audience decides which items are visible.
	Audience Audience
	// At is the revision that is read; 0 is the newest.
	At Revision
}
