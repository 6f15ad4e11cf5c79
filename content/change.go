package content

import (
	"context"
	"iter"
	"time"
)

// ChangeOp says what a [Change] does.
type ChangeOp int

// The changes.
const (
	// Put makes the item, or replaces all that it says. A new item is public unless Publication says otherwise.
	Put ChangeOp = iota
	// Create makes an item that is not there yet. It is WITHHELD unless Publication says otherwise.
	Create
	// Update sets the fields that Values has; a nil value clears.
	Update
	// Delete takes the item out of the record. Its history stays.
	Delete
	// Publish makes the item public, at once or when an embargo lifts; Withdraw takes it from public sight.
	Publish
	Withdraw
	// Revert restores the values that the item had at the revision To.
	Revert
	// Redact blanks values of the item in every revision.
	Redact
)

// Change is what a [ChangeSet] does to one item.
type Change struct {
	Op   ChangeOp
	Type *Type
	// Key is the item that is changed; 0 where Create is to find one.
	Key Key
	// Named is the item that is changed, where it is named otherwise than by Key.
	Named *Target
	// Slug is the readable name. Create makes one from the title where it is empty, Update leaves it as it is.
	Slug Slug
	// Values are the fields by name, of the Go types that [Kind] documents. A [Target] may take the place of each [Ref].
	Values map[string]any
	// ExistingActor is, where a mediator or a party is created, the actor that is there already in the other capacity.
	ExistingActor *Target
	// ClientKey is the name by which other changes of the set refer to what Create makes.
	ClientKey string
	// IfRevision refuses the change with CONFLICT where the item has changed since; 0 asks for nothing.
	IfRevision Revision
	// Publication is the new status and embargo of the item; nil leaves them unchanged.
	Publication *Publication
	// Cascade takes along what the item owns: for Delete what the model says that it owns, for Publish and Withdraw what
	// belongs to a talk and its descendants.
	Cascade bool
	// To is the revision that Revert goes back to.
	To Revision
	// Fields and Text are what Redact blanks: whole fields, or a text wherever it occurs.
	Fields []string
	Text   string
	// Path is the path of this change in the input, such as "input.changes.3.createTalk"; problems are reported under it.
	Path string
}

// Publication is the status and the embargo of an item, which decide who sees it.
type Publication struct {
	Status PubStatus
	// EmbargoedUntil is when a USABLE item becomes public; zero is at once.
	EmbargoedUntil time.Time
}

// Target is an item that a relation leads to, as an editor names it: by exactly one of Key, Slug, External and Local.
type Target struct {
	// Type is the one that it has to be.
	Type      *Type
	Key       Key
	Slug      Slug
	External  *ExternalID
	ClientKey string
	// Path is where the input says this.
	Path string
}

// ChangeSet is what one revision changes, all of it or nothing.
type ChangeSet struct {
	// Author is who makes the revision, Token the number of the token that was shown for it, 0 without one.
	Author string
	Token  int64
	Reason RevisionReason
	// Note is the public note about it.
	Note string
	// IfRevision refuses the whole set with CONFLICT where the record has changed since; 0 asks for nothing.
	IfRevision Revision
	// Idempotency makes the same set, sent again, give the first answer.
	Idempotency Idempotency
	// Items are put as they are: the short way for content that was checked where it comes from.
	Items []Item
	// Stream gives more of them, one by one, for what is too much to be held at once; an error refuses the whole set. It is
	// run beside the writing, which no other write comes between, so that it may read the record as it was before. Its items are whole.
	Stream iter.Seq2[Item, error]
	// Changes come after Items and Stream.
	Changes []Change
	// Rest gives more changes once Stream has ended; nil where there are none.
	Rest func(context.Context) ([]Change, error)
	// IncludeSources publishes the sources of what the set publishes, where readers would not see them.
	IncludeSources bool
	// IncludeCiting withdraws the items too of which readers would see no source, with a source that the set withdraws.
	IncludeCiting bool
	// Annotate replaces the public note and the reason of an earlier revision; nil changes nothing. It comes alone.
	Annotate *Annotation
	// Repair rewrites items in another form with the same meaning: it publishes and hides nothing, so rules of sources are not checked.
	Repair bool
	// Undo names a revision whose items are to be as they were before it; 0 asks for nothing. It comes alone.
	Undo Revision
	// Role bounds what Undo may do; [Nobody] is not bounded.
	Role Role
	// DryRun finds out what Undo would do, and writes nothing.
	DryRun bool
}

// Redacted is what a redaction reached, over all revisions.
type Redacted struct {
	// Fields are the names of the fields that held something to blank, with "slug".
	Fields []string `json:"fields"`
	// Values are the different values that were blanked, Slugs the slugs, Notes the notes of revisions and what is kept of requests.
	Values int `json:"values"`
	Slugs  int `json:"slugs"`
	Notes  int `json:"notes"`
	// Rewritten reports that the file was rewritten and its log emptied, so that no blanked byte remains in them.
	Rewritten bool `json:"rewritten"`
	// Webhooks are the receivers that may have been sent what was blanked.
	Webhooks int `json:"webhooks"`
}

// Annotation is the reason and the public note that an earlier revision gets.
type Annotation struct {
	Revision Revision
	// Reason is why it was made; empty leaves it as it is.
	Reason RevisionReason
	// Note is the public note where Noted is set; an empty one removes the note.
	Note  string
	Noted bool
}

// Idempotency names a request, so that it is not carried out twice.
type Idempotency struct {
	// Key is the client's name for the request; empty asks for nothing. It is good for one token and one mutation.
	Key string
	// Mutation is the field that was asked, Input a hash of its input: another input under the same key is a CONFLICT.
	Mutation, Input string
}

// ApplyResult is what became of a [ChangeSet].
type ApplyResult struct {
	// Revision is the one that was made, or the newest where nothing was different.
	Revision Revision
	// Made reports whether the set made that revision, now or when it was sent first.
	Made bool
	// Refs are the items, one for each of Changes in their order; the zero Ref where an item is gone.
	Refs []Ref
	// Deleted are the items that are gone, those asked for first, then what they owned.
	Deleted []Ref
	// PublicationChanged are the items that were published or withdrawn.
	PublicationChanged []Ref
	// Undone are the items that are as they were before the revision that was undone, Kept those that are not.
	Undone []Undone
	Kept   []Kept
	// Annotated is the new annotation of the annotated revision; nil where nothing was different.
	Annotated *Annotation
	// Redacted is what a redaction reached; nil without one.
	Redacted *Redacted
	// Repeated reports that an earlier request with the same idempotency key did this.
	Repeated bool
}

// Problems are all that is wrong with an input.
type Problems []*Error //nolint:errname // it is a list of them

// Error returns the first message.
func (p Problems) Error() string { return p[0].Message }

// Unwrap returns the problems as errors.
func (p Problems) Unwrap() []error {
	list := make([]error, len(p))
	for i, e := range p {
		list[i] = e
	}
	return list
}
