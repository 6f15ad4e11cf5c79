// Package jsonbuf collects the bytes of JSON, written exactly as gqlgen writes them.
package jsonbuf

import (
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"time"

	"parley/content"
)

// Buffer gathers the bytes of JSON, written exactly as gqlgen writes them.
type Buffer struct {
	Text []byte
	// Max is the most bytes that it may hold; 0 is any number.
	Max int
}

// Pool are the buffers of answers that were written, to be used again.
type Pool struct{ sync.Pool }

// Take returns an empty buffer with room.
func (t *Pool) Take() Buffer {
	if text, ok := t.Get().(*[]byte); ok {
		return Buffer{Text: (*text)[:0]}
	}
	return Buffer{Text: make([]byte, 0, 4096)}
}

// MaxPooled bounds the room that is used again, in bytes.
const MaxPooled = 256 << 10

// Give keeps a text for another answer. One that an answer of unusual length made large is left to the garbage.
func (t *Pool) Give(text []byte) {
	if cap(text) <= MaxPooled {
		t.Put(&text)
	}
}

// Room returns an error unless so many more bytes may be written.
func (b *Buffer) Room(more int) error {
	if b.Max == 0 || len(b.Text)+more <= b.Max {
		return nil
	}
	return content.Exceeded("answer", b.Max, len(b.Text)+more,
		"the answer has more than %d bytes (limit answer): ask for smaller pages with first, for fewer texts, or in several operations", b.Max)
}

// Raw writes a byte as it is.
func (b *Buffer) Raw(c byte) { b.Text = append(b.Text, c) }

// Null writes null.
func (b *Buffer) Null() error {
	b.Text = append(b.Text, "null"...)
	return nil
}

// String writes a text. Value does too, but takes it as an interface value, which is allocated.
func (b *Buffer) String(s string) error {
	if err := b.Room(len(s)); err != nil {
		return err
	}
	b.Text = AppendText(b.Text, s)
	return nil
}

// Value writes a scalar.
func (b *Buffer) Value(v any) error {
	switch v := v.(type) {
	case nil:
		return b.Null()
	case string:
		return b.String(v)
	case content.ID:
		b.Text = AppendText(b.Text, string(v))
	case bool:
		b.Text = strconv.AppendBool(b.Text, v)
	case int64:
		b.Text = strconv.AppendInt(b.Text, v, 10)
	case int:
		b.Text = strconv.AppendInt(b.Text, int64(v), 10)
	case float64:
		b.Text = strconv.AppendFloat(b.Text, v, 'g', -1, 64)
	case time.Time:
		b.Text = append(v.UTC().AppendFormat(append(b.Text, '"'), time.RFC3339Nano), '"')
	default:
		text, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("encode a value: %w", err)
		}
		b.Text = append(b.Text, text...)
	}
	return nil
}

// AppendText appends a text as JSON has it.
func AppendText(b []byte, s string) []byte {
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
