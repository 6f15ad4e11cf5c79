package graph

import (
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"time"

	"parley/content"
)

// buffer gathers the bytes of JSON, written exactly as gqlgen writes them.
type buffer struct {
	text []byte
	// max is the most bytes that it may hold; 0 is any number.
	max int
}

// bufferPool are the buffers of answers that were written, to be used again.
type bufferPool struct{ sync.Pool }

// take returns an empty buffer with room.
func (t *bufferPool) take() buffer {
	if text, ok := t.Get().(*[]byte); ok {
		return buffer{text: (*text)[:0]}
	}
	return buffer{text: make([]byte, 0, 4096)}
}

// maxPooled bounds the room that is used again, in bytes.
const maxPooled = 256 << 10

// give keeps a text for another answer. One that an answer of unusual length made large is left to the garbage.
func (t *bufferPool) give(text []byte) {
	if cap(text) <= maxPooled {
		t.Put(&text)
	}
}

// room returns an error unless so many more bytes may be written.
func (b *buffer) room(more int) error {
	if b.max == 0 || len(b.text)+more <= b.max {
		return nil
	}
	return content.Exceeded("--max-answer", b.max, len(b.text)+more,
		"the answer has more than %d bytes (--max-answer): ask for smaller pages with first, for fewer texts, or in several operations", b.max)
}

func (b *buffer) raw(c byte) { b.text = append(b.text, c) }

func (b *buffer) null() error {
	b.text = append(b.text, "null"...)
	return nil
}

// string writes a text: value does so too, but has to be handed it in a room of its own.
func (b *buffer) string(s string) error {
	if err := b.room(len(s)); err != nil {
		return err
	}
	b.text = appendText(b.text, s)
	return nil
}

// value writes a scalar.
func (b *buffer) value(v any) error {
	switch v := v.(type) {
	case nil:
		return b.null()
	case string:
		return b.string(v)
	case content.ID:
		b.text = appendText(b.text, string(v))
	case bool:
		b.text = strconv.AppendBool(b.text, v)
	case int64:
		b.text = strconv.AppendInt(b.text, v, 10)
	case int:
		b.text = strconv.AppendInt(b.text, int64(v), 10)
	case float64:
		b.text = strconv.AppendFloat(b.text, v, 'g', -1, 64)
	case time.Time:
		b.text = append(v.UTC().AppendFormat(append(b.text, '"'), time.RFC3339Nano), '"')
	default:
		text, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("encode a value: %w", err)
		}
		b.text = append(b.text, text...)
	}
	return nil
}

// appendText appends a text as JSON has it.
func appendText(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return append(append(b, s[start:]...), '"')
}
