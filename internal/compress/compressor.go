package compress

import (
	"bytes"
	"fmt"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Worthwhile is the least size of an answer that is coded, in bytes: what is shorter fits a packet anyway.
const Worthwhile = 1 << 10

// Encoder codes one answer at a time, and is used again for others.
type Encoder interface {
	io.WriteCloser
	Flush() error
	Reset(w io.Writer)
}

// Compressor codes answers. It is safe for use by many goroutines, and keeps its encoders to use them again.
type Compressor struct{ zstd, br, gzip sync.Pool }

// New returns a coder.
func New() *Compressor {
	return &Compressor{
		zstd: sync.Pool{New: func() any {
			e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithWindowSize(256<<10))
			if err != nil {
				panic(err) // the options are right
			}
			return e
		}},
		br: sync.Pool{New: func() any { return brotli.NewWriterLevel(nil, 4) }},
		gzip: sync.Pool{New: func() any {
			e, err := gzip.NewWriterLevel(nil, gzip.DefaultCompression)
			if err != nil {
				panic(err) // there is that level
			}
			return e
		}},
	}
}

// Choose chooses the coding of an answer by the Accept-Encoding header: zstd, br or gzip, the one before the other where
// the client takes them alike; or none.
func (c *Compressor) Choose(accept string) string { return Choose(accept, "zstd", "br", "gzip") }

// Encoder returns an encoder of a coding that Choose chose, which writes to w. It is given back once it is closed.
func (c *Compressor) Encoder(name string, w io.Writer) Encoder {
	e, _ := c.pool(name).Get().(Encoder)
	e.Reset(w)
	return e
}

// Release takes an encoder back.
func (c *Compressor) Release(name string, e Encoder) {
	e.Reset(nil)
	c.pool(name).Put(e)
}

// Whole codes a whole answer.
func (c *Compressor) Whole(name string, answer []byte) ([]byte, error) {
	var b bytes.Buffer
	e := c.Encoder(name, &b)
	defer c.Release(name, e)
	if _, err := e.Write(answer); err != nil {
		return nil, fmt.Errorf("encode a response as %s: %w", name, err)
	}
	if err := e.Close(); err != nil {
		return nil, fmt.Errorf("encode a response as %s: %w", name, err)
	}
	return b.Bytes(), nil
}

func (c *Compressor) pool(name string) *sync.Pool {
	switch name {
	case "zstd":
		return &c.zstd
	case "br":
		return &c.br
	default:
		return &c.gzip
	}
}
