package content

import "time"

// HistoryEntry is a revision as it concerned one item.
type HistoryEntry struct {
	Revision Revision
	At       time.Time
	// By is who made it, as the audience may know it.
	By         string
	Reason     RevisionReason
	PublicNote string
	Changes    []FieldChange
}

// RevisionEntry is a revision of the record.
type RevisionEntry struct {
	Number Revision
	At     time.Time
	// By is who made it, as the audience may know it.
	By         string
	Reason     RevisionReason
	PublicNote string
}

// LastChange is the newest revision that concerned a talk and what belongs to it.
type LastChange struct {
	Revision Revision
	At       time.Time
}

// FieldChange is what happened to one field: its values before and after in the form of the field, as encoding/json
// writes them; nil where there was none.
type FieldChange struct {
	Field         string
	Before, After any
}

// NodeDiff is what became of one item between two revisions.
type NodeDiff struct {
	// Op is CREATED, UPDATED or DELETED.
	Op      string
	Ref     Ref
	Changes []FieldChange
}

// Diff asks what changed between two revisions, under a talk or, where Talk is 0, anywhere.
type Diff struct {
	From, To Revision
	Talk     Key
}

// Tombstone is what is left of an item that was public and is no more.
type Tombstone struct {
	Ref        Ref
	Slug       Slug
	Revision   Revision
	At         time.Time
	PublicNote string
}
