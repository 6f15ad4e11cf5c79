package content

import "time"

// Changes asks for the changes of items between two revisions, as an audience sees them: an item that was hidden at the earlier
// one and is visible at the later was created, an item that was visible and is not was deleted.
type Changes struct {
	// After and Until are the revisions; changes are made after the first and not after the second. 0 for Until is the
	// newest.
	After, Until Revision
	// One ends the changes with the first revision that has any.
	One bool
	// From is the change that the page starts behind; the zero place is the start.
	From ChangePosition
	// Size is the greatest number of changes.
	Size     int
	Audience Audience
	// Types are the requested types; nil is all of them.
	Types []*Type
	// Talk asks for this talk and what it leads to: its descendants, the events, positions and agreements of all of them,
	// their issues and articles, the mediators and parties that take part, and the sources that any of those cite. 0 is
	// everything.
	Talk Key
}

// ChangePosition is the position of a change in the order of changes: by the last revision that changed the item, then by type
// and key.
type ChangePosition struct {
	Revision Revision `json:"revision"`
	Ref      Ref      `json:"ref"`
}

// ChangePage is a page of changes in their order.
type ChangePage struct {
	Changes []ItemChange
	// Until is the revision that the changes lead up to, Head the newest.
	Until, Head Revision
	// More reports whether more changes may follow, behind Last.
	More bool
	Last ChangePosition
}

// ItemChange is what became of an item.
type ItemChange struct {
	ChangePosition
	At time.Time
	// Op is CREATED, UPDATED or DELETED.
	Op string
	// Fields names what is different where it was UPDATED.
	Fields []string
}
