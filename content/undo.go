package content

// Undone is an item that is as it was before a revision that was undone.
type Undone struct {
	Ref  Ref  `json:"ref"`
	Slug Slug `json:"slug"`
	// Op is what the revision did: CREATED, so that the item is deleted now, UPDATED or DELETED.
	Op string `json:"op"`
}

// Kept is an item of a revision that was undone which stays as it is.
type Kept struct {
	Ref    Ref        `json:"ref"`
	Slug   Slug       `json:"slug"`
	Reason KeptReason `json:"reason"`
	// Message says why, for people.
	Message string `json:"message"`
	// Revision is the last one that changed the item, where that is why it is kept; else 0.
	Revision Revision `json:"revision,omitempty"`
	// Referrers are the items that refer to it, at most 20, where that is why it is kept.
	Referrers []Ref `json:"referrers,omitempty"`
}

// KeptReason is an enumeration of the content model; the schema describes its values.
type KeptReason string

// The reasons why an item is kept.
const (
	ChangedSince KeptReason = "CHANGED_SINCE"
	ReferredTo   KeptReason = "REFERRED_TO"
	NotReverted  KeptReason = "NOT_REVERTED"
)

// UnmarshalText reads a reason, also by the name NOT_TAKEN_BACK that stored outcomes have of NOT_REVERTED.
func (r *KeptReason) UnmarshalText(text []byte) error {
	if *r = KeptReason(text); *r == "NOT_TAKEN_BACK" {
		*r = NotReverted
	}
	return nil
}
