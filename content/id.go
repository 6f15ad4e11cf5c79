package content

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strconv"
	"strings"
	"sync"
)

// Key is the number under which an item is stored. It is unique within a type and never changes.
type Key int64

// ID names one item for ever and says its type: "talk_0m3k9c2v7x1qe". The part after the underscore is the
// item's [Key] in Crockford's base 32, lower case, 13 digits. Clients treat it as opaque. One that a read of the past gave
// names the item as a revision left it: "talk_0m3k9c2v7x1qe@812".
type ID string

// crockford is the alphabet of Douglas Crockford's base 32, in lower case.
const crockford = "0123456789abcdefghjkmnpqrstvwxyz"

var encoding = sync.OnceValue(func() *base32.Encoding { return base32.NewEncoding(crockford).WithPadding(base32.NoPadding) })

// NewID makes the ID of the item of type typeName ("Talk") that is stored under key.
func NewID(typeName string, key Key) ID {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(key)) //nolint:gosec // keys are positive
	id := make([]byte, 0, len(typeName)+1+13)
	for _, c := range []byte(typeName) {
		id = append(id, c|0x20) // names of types are letters
	}
	return ID(encoding().AppendEncode(append(id, '_'), b[:]))
}

// NamedKey derives a key from a type and a slug, so that the same content has the same ids on every machine.
// Mediators and parties are views of one actor and share its key.
func NamedKey(typeName string, slug Slug) Key {
	if t := TypeNamed(typeName); t != nil {
		typeName = t.Base
	}
	sum := sha256.Sum256([]byte("parley:" + typeName + ":" + string(slug)))
	return Key(binary.BigEndian.Uint64(sum[:8]) >> 1)
}

// Split takes an ID apart into the type it names and the key. An ID that parley never made, or that carries a revision,
// is an [Error] with code [BadUserInput].
func (id ID) Split() (*Type, Key, error) {
	prefix, digits, ok := strings.Cut(string(id), "_")
	if !ok || len(digits) != 13 {
		return nil, 0, malformedID(id)
	}
	b, err := encoding().DecodeString(digits)
	if err != nil || len(b) != 8 { // the decoder passes over line breaks
		return nil, 0, malformedID(id)
	}
	key := binary.BigEndian.Uint64(b)
	for _, t := range Types() {
		if strings.ToLower(t.Name) != prefix {
			continue
		}
		if key>>63 != 0 || NewID(t.Name, Key(key)) != id {
			break
		}
		return t, Key(key), nil
	}
	return nil, 0, malformedID(id)
}

// At returns the id of the item as a revision left it; 0 is the item itself.
func (id ID) At(r Revision) ID {
	if r == 0 {
		return id
	}
	return id + ID("@"+strconv.FormatInt(int64(r), 10))
}

// SplitView takes apart an id that may carry a revision: into what Split gives, and the revision or 0.
func (id ID) SplitView() (*Type, Key, Revision, error) {
	item, digits, viewed := strings.Cut(string(id), "@")
	t, key, err := ID(item).Split()
	if err != nil || !viewed {
		return t, key, 0, err
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 1 || ID(item).At(Revision(n)) != id {
		return nil, 0, 0, malformedID(id)
	}
	return t, key, Revision(n), nil
}

func malformedID(id ID) error {
	if item, _, viewed := strings.Cut(string(id), "@"); viewed {
		if t, _, err := ID(item).Split(); err == nil {
			return Errorf(BadUserInput, "%s names the %s at a revision: use its canonicalId, %s", shorten(string(id), 40), strings.ToLower(t.Name), item)
		}
	}
	return Errorf(BadUserInput, "%q is no id: ids look like talk_0123456789abc and come from the field id", shorten(string(id), 40))
}
