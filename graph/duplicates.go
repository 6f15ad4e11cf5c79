package graph

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"parley/content"
	"parley/graph/operation"
	"parley/internal/lru"
)

// A client that sends a creation twice, since it saw no answer to the first, makes two items. With an idempotency key it gets
// the first answer; without one it is warned, for a minute after the first.
const (
	duplicateTime = time.Minute
	maxCreations  = 10_000
)

// creation is an input that created items, by whom, as a hash.
type creation [sha256.Size]byte

// created is when an input created items, and the revision that did.
type created struct {
	at       time.Time
	revision content.Revision
}

// duplicates knows the creations of the last minute that had no idempotency key.
type duplicates struct {
	seen *lru.Cache[creation, created]
}

func newDuplicates() *duplicates { return &duplicates{lru.New[creation, created](maxCreations)} }

// creationOf is the creation of a mutation; it is not ok where the mutation creates nothing or has an idempotency key.
func creationOf(m *mutation, who content.Principal) (creation, bool) {
	creates := false
	for _, c := range m.set.Changes {
		creates = creates || c.Op == content.Create
	}
	if !creates || m.set.Idempotency.Key != "" {
		return creation{}, false
	}
	input, err := json.Marshal(m.field.Args["input"])
	if err != nil {
		return creation{}, false
	}
	return sha256.Sum256(fmt.Appendf(nil, "%d %s %s", who.Token, m.field.Name, input)), true
}

// remember keeps a creation that was carried out, and returns the warning for one that repeats another.
func (d *duplicates) remember(m *mutation, who content.Principal, done content.ApplyResult, now time.Time) []operation.Warning {
	key, ok := creationOf(m, who)
	if !ok {
		return nil
	}
	first, again := d.seen.Get(key)
	d.seen.Put(key, created{now, done.Revision}, 1)
	if !again || now.Sub(first.at) > duplicateTime {
		return nil
	}
	return []operation.Warning{{
		Message: fmt.Sprintf("the same input was sent %s before and made revision %d: this one made another item; send an idempotencyKey with requests that may be repeated, or undo the revision with revertRevision",
			now.Sub(first.at).Round(time.Second), first.revision),
		Code: "POSSIBLE_DUPLICATE", Path: []string{m.field.Key}, Revision: first.revision,
	}}
}
