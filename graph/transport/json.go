package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"
)

// maxNesting is the greatest depth of lists and objects in the JSON of a request. An input of the schema has a few levels.
const maxNesting = 64

// errNoObject is the error for a text that is not a JSON object, or has characters that are not Unicode.
var errNoObject = errors.New("it is not a JSON object")

// decoder reads JSON with numbers as they are written, within bounds.
type decoder struct {
	in *jsontext.Decoder
	// left is how many more values may come of the most that there may be, depth how many lists and objects are open.
	left, most, depth int
}

// decodeObject reads a JSON object of at most so many values. It gives what encoding/json gives, of two members of one name
// the last, and takes a fraction of its time. A *refusal says which bound is exceeded; any other fault is errNoObject.
func decodeObject(b []byte, most int) (map[string]any, error) {
	d := &decoder{in: jsontext.NewDecoder(bytes.NewBuffer(b), jsontext.AllowDuplicateNames(true)), left: most, most: most}
	v, err := d.value()
	if refused, ok := errors.AsType[*refusal](err); ok {
		return nil, refused
	}
	if err != nil {
		return nil, errNoObject
	}
	if _, err := d.in.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errNoObject // something follows
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, errNoObject
	}
	return object, nil
}

// value reads the next value.
func (d *decoder) value() (any, error) {
	token, err := d.in.ReadToken()
	if err != nil {
		return nil, err //nolint:wrapcheck // it is asked whether there is one
	}
	if d.left--; d.left < 0 {
		return nil, tooManyValues(d.most)
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
	case '[', '{':
		if d.depth++; d.depth > maxNesting {
			return nil, refuse(http.StatusBadRequest, "the JSON of the request is nested more than %d levels deep: no input is that deep", maxNesting)
		}
		defer func() { d.depth-- }()
		if token.Kind() == '[' {
			return d.list()
		}
		return d.members()
	default:
		return nil, errNoObject
	}
}

// list reads a list that has begun.
func (d *decoder) list() (any, error) {
	list := []any{}
	for d.in.PeekKind() != ']' {
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.in.ReadToken()
	return list, err //nolint:wrapcheck // as above
}

// members reads an object that has begun.
func (d *decoder) members() (any, error) {
	object := map[string]any{}
	for d.in.PeekKind() != '}' {
		name, err := d.in.ReadToken()
		if err != nil {
			return nil, err //nolint:wrapcheck // it is asked whether there is one
		}
		key := name.String() // the token is gone with the next
		if object[key], err = d.value(); err != nil {
			return nil, err
		}
	}
	_, err := d.in.ReadToken()
	return object, err //nolint:wrapcheck // as above
}

// tooManyValues is the refusal of a request with more values than may come.
func tooManyValues(most int) *refusal {
	return &refusal{
		http.StatusBadRequest, fmt.Sprintf("the request has more than %d values in its JSON (limit values): send several operations, each for a part of it", most),
		map[string]any{"limit": most, "value": most + 1, "limitName": "values"},
	}
}
