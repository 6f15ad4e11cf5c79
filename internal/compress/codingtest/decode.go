// Package codingtest reads coded answers in tests.
package codingtest

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// Decoded is what was coded; the coding is empty where it is as it was.
func Decoded(tb testing.TB, coding string, b []byte) string {
	tb.Helper()
	var r io.Reader = bytes.NewReader(b)
	var err error
	switch coding {
	case "zstd":
		r, err = zstd.NewReader(r)
	case "br":
		r = brotli.NewReader(r)
	case "gzip":
		r, err = gzip.NewReader(r)
	}
	if err != nil {
		tb.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}
