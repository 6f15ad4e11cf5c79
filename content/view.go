package content

// Revision numbers one atomic change of the record: 1, 2, 3 and so on without a gap.
type Revision int64

// Audience says who reads.
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
