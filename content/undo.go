package content

// Undone is an item that is as it was before a revision that was undone.
type Undone struct {
	Ref  Ref
	Slug Slug
	// Op is what the revision did: CREATED, so that the item is deleted now, UPDATED or DELETED.
	Op string
}

// Kept is an item of a revision that was undone which stays as it is.
type Kept struct {
	Ref    Ref
	Slug   Slug
	Reason KeptReason
	// Message says why, for people.
	Message string
	// Revision is the last one that changed the item, where that is why it is kept; else 0.
	Revision Revision
	// Referrers are the items that refer to it, at most 20, where that is why it is kept.
	Referrers []Ref
}

// KeptReason is an enumeration of the content model; the schema describes its values.
type KeptReason string

// The reasons why an item is kept.
const (
	ChangedSince KeptReason = "CHANGED_SINCE"
	ReferredTo   KeptReason = "REFERRED_TO"
	NotTakenBack KeptReason = "NOT_TAKEN_BACK"
)
