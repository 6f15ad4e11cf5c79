package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"parley/content"
	"parley/store/sqlgen"
)

// identifier is a row of external_id without its item: an identifier in another system, and how it matches.
type identifier struct {
	content.ExternalID
	kind string // of content.MatchKind
}

// claim is an EXACT identifier that an item was to have while another item had it. The other may give it up later in the
// revision, so claims are settled at its end.
type claim struct {
	identifier
	ref  content.Ref // in one of the capacities of an actor
	path string      // where the input says it
}

// identifiersOf returns the identifiers of an item.
func identifiersOf(item content.Item) map[identifier]int {
	list, _ := item.Values["externalIds"].([]map[string]any)
	places := make(map[identifier]int, len(list))
	for i, element := range list {
		id, exact := content.ExactID(element)
		kind, _ := element["matchKind"].(string)
		if exact {
			kind = exactMatch
		}
		places[identifier{id, kind}] = i
	}
	return places
}

// exactMatch is the kind of identifiers that are unique.
const exactMatch = "EXACT"

// identify keeps where the external identifiers of an item lead, for an actor in each of its capacities; those that it
// has no more go to the history.
func (w *writer) identify(ctx context.Context, item content.Item, existed bool) error {
	types := []string{item.Type.Name}
	if item.Type.IsView() {
		var err error
		if types, err = w.capacities(ctx, item.Key); err != nil {
			return err
		}
	}
	for _, name := range types {
		if err := w.identifyAs(ctx, content.Ref{Type: name, Key: item.Key}, item, existed); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) identifyAs(ctx context.Context, ref content.Ref, item content.Item, existed bool) error {
	wanted := identifiersOf(item)
	w.dropClaims(ref)
	if existed {
		var gone []identifier
		const read = "SELECT scheme, value, match_kind FROM external_id WHERE type = $1 AND item_id = $2"
		err := w.query(ctx, read, []any{ref.Type, int64(ref.Key)}, func(row *row) error {
			var x identifier
			err := row.Scan(&x.Scheme, &x.Value, &x.kind)
			if _, stays := wanted[x]; !stays {
				gone = append(gone, x)
			}
			delete(wanted, x)
			return err
		})
		if err != nil {
			return fmt.Errorf("read external ids: %w", err)
		}
		for _, x := range gone {
			const row = "type = $1 AND scheme = $2 AND value = $3 AND item_id = $4"
			if err := w.archiveAndDelete(ctx, "external_id", row, ref.Type, x.Scheme, x.Value, int64(ref.Key)); err != nil {
				return err
			}
		}
	}
	for _, x := range slices.SortedFunc(maps.Keys(wanted), func(a, b identifier) int {
		return cmp.Or(strings.Compare(a.Scheme, b.Scheme), strings.Compare(a.Value, b.Value))
	}) {
		c := claim{identifier: x, ref: ref}
		if w.doing != nil {
			c.path = w.doing.at(fmt.Sprintf("externalIds.%d", wanted[x]))
		}
		added, err := w.addIdentifier(ctx, c)
		if err != nil {
			return err
		}
		if !added {
			w.claims = append(w.claims, c)
		}
	}
	return nil
}

// addIdentifier records an identifier, unless it is EXACT and another item of the type, or an actor in either capacity, has
// it so.
func (w *writer) addIdentifier(ctx context.Context, c claim) (bool, error) {
	const insert = `INSERT INTO external_id (type, scheme, value, match_kind, item_id, from_rev)
SELECT $1, $2, $3, $4, $5, $6
WHERE $4 <> 'EXACT' OR NOT EXISTS (SELECT 1 FROM external_id
  WHERE type IN (SELECT value FROM json_each($7)) AND scheme = $2 AND value = $3 AND match_kind = 'EXACT' AND item_id <> $5)`
	res, err := w.exec(ctx, insert, c.ref.Type, c.Scheme, c.Value, c.kind, int64(c.ref.Key), int64(w.rev), c.types())
	if err != nil {
		return false, fmt.Errorf("record the external id %s: %w", c.Value, err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// types is a JSON list of the types among which an identifier is unique.
func (c claim) types() string {
	return `["` + strings.Join(sqlgen.CapacitiesOf(content.TypeNamed(c.ref.Type)), `","`) + `"]`
}

// dropClaims forgets the claims of an item that is written again, or deleted.
func (w *writer) dropClaims(ref content.Ref) {
	w.claims = slices.DeleteFunc(w.claims, func(c claim) bool { return c.ref == ref })
}

// checkClaims records the identifiers that another item has given up by now, and notes those that it has not.
func (w *writer) checkClaims(ctx context.Context) error {
	noted := map[claim]bool{}
	for _, c := range w.claims {
		added, err := w.addIdentifier(ctx, c)
		if err != nil {
			return err
		}
		one := c
		one.ref.Type = content.TypeNamed(c.ref.Type).Base // an actor has one row for each capacity
		if added || noted[one] {
			continue
		}
		noted[one] = true
		if err := w.noteClaim(ctx, c); err != nil {
			return err
		}
	}
	w.claims = nil
	return nil
}

// noteClaim notes that another item has an identifier.
func (w *writer) noteClaim(ctx context.Context, c claim) error {
	const find = `SELECT type, item_id FROM external_id
WHERE type IN (SELECT value FROM json_each($1)) AND scheme = $2 AND value = $3 AND match_kind = 'EXACT' AND item_id <> $4`
	var other content.Ref
	if err := w.scan(ctx, find, []any{c.types(), c.Scheme, c.Value, int64(c.ref.Key)}, []any{&other.Type, &other.Key}); err != nil {
		return fmt.Errorf("read which item has the external id %s: %w", c.Value, err)
	}
	own, err := w.slugOf(ctx, c.ref)
	if err != nil {
		return err
	}
	slug, err := w.slugOf(ctx, other)
	if err != nil {
		return err
	}
	problem := content.Errorf(content.Conflict,
		"%s %q and %s %q have the same identifier, %q of %s: only one item of a type can match it EXACT; give the others the matchKind PART_OF, BROADER or RELATED",
		strings.ToLower(c.ref.Type), own, strings.ToLower(other.Type), slug, c.Value, c.Scheme)
	problem.Field = c.path
	problem.Details = map[string]any{"id": content.NewID(other.Type, other.Key), "slug": slug}
	w.addProblem(problem)
	return nil
}

// byExternal finds the item of a type that an identifier matches exactly.
func (w *writer) byExternal(ctx context.Context, t *content.Type, id content.ExternalID) (key content.Key, found bool, err error) {
	for _, c := range w.claims {
		if c.ref.Type == t.Name && c.ExternalID == id {
			return c.ref.Key, true, nil
		}
	}
	const find = "SELECT item_id FROM external_id WHERE type = $1 AND scheme = $2 AND value = $3 AND match_kind = 'EXACT'"
	err = w.scan(ctx, find, []any{t.Name, id.Scheme, id.Value}, []any{&key})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, false, nil
	case err != nil:
		return 0, false, fmt.Errorf("find an external id: %w", err)
	}
	return key, true, nil
}

// Identifiers returns the items of a type by the identifiers in other systems that match them exactly, as they are now.
func (s *Store) Identifiers(ctx context.Context, t *content.Type) (map[content.ExternalID]content.Key, error) {
	found := map[content.ExternalID]content.Key{}
	err := s.snapshot(ctx, func(query queryFunc) error {
		const text = "SELECT scheme, value, item_id FROM external_id WHERE type = $1 AND match_kind = 'EXACT'"
		return query(ctx, text, []any{t.Name}, func(row *row) error {
			var id content.ExternalID
			var key content.Key
			err := row.Scan(&id.Scheme, &id.Value, &key)
			found[id] = key
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read the external ids of %s: %w", t.Plural, err)
	}
	return found, nil
}
