package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"

	"parley/content"
	"parley/graph/operation"
)

// SyncToken says how far a client has read the log: all up to base, and of what leads from there up to target, if that
// is not 0, all up to a place.
type SyncToken struct {
	Base, Target content.Revision
	position     content.ChangePosition
}

// The form of tokens: a byte for the version, the record, the numbers, the filter that the token is good for, a sum of it all. Those of
// version 1 name no record.
const (
	tokenVersion = 2
	recordSize   = 8
	filterSize   = 8
	sumSize      = 6
)

// encode writes the token for the record and the filter that it is good for.
func (t SyncToken) encode(record string, filter []byte) string {
	b := append([]byte{tokenVersion}, recordSum(record, recordSize)...)
	for _, n := range []int64{int64(t.Base), int64(t.Target), int64(t.position.Revision), typeIndex(t.position.Ref.Type), int64(t.position.Ref.Key)} {
		b = binary.AppendVarint(b, n)
	}
	b = append(b, filter...)
	return base64.RawURLEncoding.EncodeToString(append(b, checksum(b)...))
}

// typeIndex is the number of a type of content in tokens, from 1; 0 means no type.
func typeIndex(name string) int64 {
	return int64(slices.IndexFunc(content.Types(), func(t *content.Type) bool { return t.Name == name })) + 1
}

func checksum(b []byte) []byte {
	sum := sha256.Sum256(append([]byte("parley sync token:"), b...))
	return sum[:sumSize]
}

// decodeToken reads a token. One that is damaged, or was given for another filter, is BAD_USER_INPUT; one of another record is
// RECORD_CHANGED.
func decodeToken(text, record string, filter []byte) (t SyncToken, err error) {
	damaged := badArgument("since", "since is not a valid sync token of this service: use next of the last page, or start again without since")
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) < 1+filterSize+sumSize || len(b) > 200 {
		return t, damaged
	}
	b, sum := b[:len(b)-sumSize], b[len(b)-sumSize:]
	if !bytes.Equal(sum, checksum(b)) {
		return t, damaged
	}
	if b[0] < tokenVersion || !bytes.HasPrefix(b[1:], recordSum(record, recordSize)) {
		return t, recordChanged("since")
	}
	if b[0] != tokenVersion || len(b) < 1+recordSize+filterSize {
		return t, damaged
	}
	b, given := b[1+recordSize:len(b)-filterSize], b[len(b)-filterSize:]
	var numbers [5]int64
	for i := range numbers {
		v, n := binary.Varint(b)
		if n <= 0 || v < 0 {
			return t, damaged
		}
		numbers[i], b = v, b[n:]
	}
	if len(b) > 0 || numbers[3] > int64(len(content.Types())) {
		return t, damaged
	}
	if !bytes.Equal(given, filter) {
		return t, badArgument("since", "since was issued for other types, another talk or another reader: use it with those, or start again without since")
	}
	t.Base, t.Target, t.position.Revision = content.Revision(numbers[0]), content.Revision(numbers[1]), content.Revision(numbers[2])
	if numbers[3] > 0 {
		t.position.Ref = content.Ref{Type: content.Types()[numbers[3]-1].Name, Key: content.Key(numbers[4])}
	}
	return t, nil
}

// syncFilter is the filter of a subscription or sync: types, talk and audience.
type syncFilter struct {
	types    []*content.Type
	talk     content.Key
	audience content.Audience
}

// filterOf reads the arguments types and talk.
func filterOf(f *operation.Field, audience content.Audience) (syncFilter, error) {
	s := syncFilter{audience: audience}
	if list, ok := f.Args["types"].([]any); ok {
		s.types = []*content.Type{}
		for _, t := range content.Types() {
			if slices.ContainsFunc(list, func(v any) bool { return v == strings.ToUpper(t.Name) }) {
				s.types = append(s.types, t)
			}
		}
	}
	var err error
	s.talk, err = talkOf(f)
	return s, err
}

// talkOf reads the argument talk, the id of a talk; 0 where it is absent.
func talkOf(f *operation.Field) (content.Key, error) {
	id, ok := f.Args["talk"].(string)
	if !ok {
		return 0, nil
	}
	t, key, err := content.ID(id).Split()
	switch {
	case err != nil:
		return 0, badArgument("talk", "%s", err)
	case t.Tree == "":
		return 0, badArgument("talk", "%q is an id of type %s: talk takes the id of a talk", id, t.Name)
	}
	return key, nil
}

// hash names the filter in tokens.
func (f syncFilter) hash() []byte {
	b := binary.AppendVarint(binary.AppendVarint(nil, int64(f.audience)), int64(f.talk))
	if f.types != nil {
		b = append(b, 1)
	}
	for _, t := range f.types {
		b = append(append(b, t.Name...), ',')
	}
	sum := sha256.Sum256(b)
	return sum[:filterSize]
}
