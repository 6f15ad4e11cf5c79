package graph

import (
	"bytes"
	"encoding/json"
)

// decodeObject reads a JSON object in valid UTF-8, with numbers as they are written; ok is false where b is none. It gives
// what encoding/json gives, of two members of one name the last, and takes a fraction of its time.
func decodeObject(b []byte) (object map[string]any, ok bool) {
	if !json.Valid(b) { // it bounds the depth too
		return nil, false
	}
	r := reader{b}
	object, ok = r.value().(map[string]any)
	return object, ok
}

// reader reads JSON that is known to be valid.
type reader struct {
	rest []byte
}

// value reads a value.
func (r *reader) value() any {
	switch r.next() {
	case '{':
		return r.object()
	case '[':
		list := []any{}
		for more := r.open(']'); more; more = r.more() {
			list = append(list, r.value())
		}
		return list
	case '"':
		return r.text()
	case 't', 'f':
		return r.literal() == "true"
	case 'n':
		r.literal()
		return nil
	default:
		return json.Number(r.literal())
	}
}

func (r *reader) object() map[string]any {
	object := map[string]any{}
	for more := r.open('}'); more; more = r.more() {
		r.next()
		name := r.text()
		r.next()
		r.rest = r.rest[1:] // the colon
		object[name] = r.value()
	}
	return object
}

// next passes over white space, and returns the byte after it.
func (r *reader) next() byte {
	for r.rest[0] == ' ' || r.rest[0] == '\n' || r.rest[0] == '\t' || r.rest[0] == '\r' {
		r.rest = r.rest[1:]
	}
	return r.rest[0]
}

// open begins an object or a list, and reports whether something is in it before that byte, which ends it.
func (r *reader) open(end byte) bool {
	r.rest = r.rest[1:]
	if r.next() != end {
		return true
	}
	r.rest = r.rest[1:]
	return false
}

// more passes over what follows an element, a comma or the end, and reports whether another element follows.
func (r *reader) more() bool {
	c := r.next()
	r.rest = r.rest[1:]
	return c == ','
}

// text reads a string.
func (r *reader) text() string {
	n := 1 + bytes.IndexByte(r.rest[1:], '"')
	if bytes.IndexByte(r.rest[:n], '\\') < 0 {
		s := string(r.rest[1:n])
		r.rest = r.rest[n+1:]
		return s
	}
	n = 1
	for ; r.rest[n] != '"'; n++ {
		if r.rest[n] == '\\' {
			n++
		}
	}
	var s string
	_ = json.Unmarshal(r.rest[:n+1], &s) // it is valid
	r.rest = r.rest[n+1:]
	return s
}

// literal reads a number or a word.
func (r *reader) literal() string {
	n := bytes.IndexAny(r.rest, ",]} \n\t\r")
	if n < 0 {
		n = len(r.rest)
	}
	s := string(r.rest[:n])
	r.rest = r.rest[n:]
	return s
}
