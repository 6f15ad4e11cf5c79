package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// decodeObject reads a JSON object, with numbers as they are written; ok is false where b is none, or not of Unicode
// characters alone. It gives what encoding/json gives, of two members of one name the last, and takes a fraction of its
// time.
func decodeObject(b []byte) (object map[string]any, ok bool) {
	in := jsontext.NewDecoder(bytes.NewBuffer(b), jsontext.AllowDuplicateNames(true))
	v, err := decodeValue(in)
	if err != nil {
		return nil, false
	}
	if _, err := in.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, false // something follows
	}
	object, ok = v.(map[string]any)
	return object, ok
}

// decodeValue reads the next value.
func decodeValue(in *jsontext.Decoder) (any, error) {
	token, err := in.ReadToken()
	if err != nil {
		return nil, err //nolint:wrapcheck // it is asked whether there is one
	}
	switch token.Kind() {
	case 'n':
		return nil, nil //nolint:nilnil // null
	case 't', 'f':
		return token.Bool(), nil
	case '"':
		return token.String(), nil
	case '0':
		return json.Number(token.String()), nil
	case '[':
		list := []any{}
		for in.PeekKind() != ']' {
			v, err := decodeValue(in)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = in.ReadToken()
		return list, err //nolint:wrapcheck // as above
	default:
		return decodeMembers(in)
	}
}

// decodeMembers reads an object that has begun.
func decodeMembers(in *jsontext.Decoder) (any, error) {
	object := map[string]any{}
	for in.PeekKind() != '}' {
		name, err := in.ReadToken()
		if err != nil {
			return nil, err //nolint:wrapcheck // it is asked whether there is one
		}
		key := name.String() // the token is gone with the next
		if object[key], err = decodeValue(in); err != nil {
			return nil, err
		}
	}
	_, err := in.ReadToken()
	return object, err //nolint:wrapcheck // as above
}
