package content

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
)

// Key is the number under which an item is stored. It is unique within a type and never changes.
type Key int64

// ID names one item for ever and says its type: "talk_0m3k9c2v7x1qe". The part after the underscore is the
// item's [Key] in Crockford's base 32, lower case, 13 digits. Clients treat it as opaque.
type ID string

// crockford is the alphabet of Douglas Crockford's base 32, in lower case.
const crockford = "0123456789abcdefghjkmnpqrstvwxyz"

func encoding() *base32.Encoding { return base32.NewEncoding(crockford).WithPadding(base32.NoPadding) }

// NewID makes the ID of the item of type typeName ("Talk") that is stored under key.
func NewID(typeName string, key Key) ID {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(key)) //nolint:gosec // keys are positive
	return ID(strings.ToLower(typeName) + "_" + encoding().EncodeToString(b[:]))
}

// NamedKey derives a key from a type and a slug, so that the same content has the same ids on every machine.
// Mediators and parties are views of one actor and share its key.
func NamedKey(typeName string, slug Slug) Key {
	if typeName == "Mediator" || typeName == "Party" {
		typeName = "Actor"
	}
	sum := sha256.Sum256([]byte("parley:" + typeName + ":" + string(slug)))
	return Key(binary.BigEndian.Uint64(sum[:8]) >> 1)
}

// Split takes an ID apart into the type it names and the key. An ID that parley never made is an [Error] with
// code [BadUserInput].
func (id ID) Split() (*Type, Key, error) {
	prefix, digits, ok := strings.Cut(string(id), "_")
	if !ok || len(digits) != 13 {
		return nil, 0, malformedID(id)
	}
	b, err := encoding().DecodeString(digits)
	if err != nil {
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

func malformedID(id ID) error {
	text := string(id)
	if len(text) > 40 {
		text = text[:40] + "..."
	}
	return Errorf(BadUserInput, "%q is no id: ids look like talk_0123456789abc and come from the field id", text)
}
