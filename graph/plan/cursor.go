package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"strings"

	"parley/content"
)

// cursorSum is the length of each of the two sums that a cursor begins with: one names its record, the other binds that and the order
// keys to the list.
const cursorSum = 4

// listIn names a list of a record for cursors.
func listIn(record, list string) string { return record + " " + list }

// EncodeCursor makes the cursor of a row of a list: its order keys, bound to the record, to the list's ordering and to a checksum.
func EncodeCursor(list string, keys []any) string {
	b, err := json.Marshal(keys)
	if err != nil {
		return ""
	}
	record, list, _ := strings.Cut(list, " ")
	b = append(recordSum(record, cursorSum), b...)
	return base64.RawURLEncoding.EncodeToString(append(listSum(list, b), b...))
}

// recordSum names a record in the first bytes of a digest.
func recordSum(record string, size int) []byte {
	sum := sha256.Sum256([]byte(record))
	return sum[:size]
}

func listSum(list string, b []byte) []byte {
	return binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(append([]byte(list), b...)))
}

// recordChanged refuses a token or a cursor that was given for another record.
func recordChanged(argument string) error {
	e := content.Errorf(content.RecordChanged, "%s belongs to a record other than the one this service has now: its database was restored or created again. "+
		"Discard the data that was read with it, and start again without it", argument)
	e.Field = argument
	return e
}

// DecodeCursor gives back the order keys. A damaged cursor, or one of another list, is BAD_USER_INPUT; one of another record is
// RECORD_CHANGED.
func DecodeCursor(list, cursor, argument string) ([]any, error) {
	wrong := content.Errorf(content.BadUserInput, "%s is not a cursor of this list: use an endCursor or startCursor that the same field returned", argument)
	wrong.Field = argument
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(b) <= 2*cursorSum || len(b) > 4096 {
		return nil, wrong
	}
	record, list, _ := strings.Cut(list, " ")
	if !bytes.Equal(b[:cursorSum], listSum(list, b[cursorSum:])) {
		return nil, wrong
	}
	if !bytes.Equal(b[cursorSum:2*cursorSum], recordSum(record, cursorSum)) {
		return nil, recordChanged(argument)
	}
	d := json.NewDecoder(bytes.NewReader(b[2*cursorSum:]))
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
