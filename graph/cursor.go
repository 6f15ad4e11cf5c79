package graph

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"hash/crc32"

	"parley/content"
)

// encodeCursor makes the cursor of a row of a list: its order keys, bound to the list's ordering and to a checksum.
func encodeCursor(list string, keys []any) string {
	b, err := json.Marshal(keys)
	if err != nil {
		return ""
	}
	sum := crc32.ChecksumIEEE(append([]byte(list), b...))
	head := []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)} //nolint:gosec // the bytes of the sum
	return base64.RawURLEncoding.EncodeToString(append(head, b...))
}

// decodeCursor gives back the order keys. A damaged cursor, or one of another list, is BAD_USER_INPUT.
func decodeCursor(list, cursor, argument string) ([]any, error) {
	wrong := content.Errorf(content.BadUserInput, "%s is no cursor of this list: use an endCursor or startCursor that the same field gave", argument)
	wrong.Field = argument
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(b) < 5 || len(b) > 4096 {
		return nil, wrong
	}
	sum := crc32.ChecksumIEEE(append([]byte(list), b[4:]...))
	if !bytes.Equal(b[:4], []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}) { //nolint:gosec // the bytes of the sum
		return nil, wrong
	}
	d := json.NewDecoder(bytes.NewReader(b[4:]))
	d.UseNumber()
	var keys []any
	if err := d.Decode(&keys); err != nil {
		return nil, wrong
	}
	for i, k := range keys {
		if n, ok := k.(json.Number); ok {
			if keys[i], err = n.Int64(); err != nil {
				return nil, wrong
			}
		}
	}
	return keys, nil
}
