package web

import (
	"fmt"
	"net/http"
	"strings"

	"parley/internal/compress"
)

// compressor compresses answers as clients take them.
type compressor struct {
	next  http.Handler
	coder *compress.Compressor
}

// compressed sends answers in the coding that the client prefers. It leaves alone what is short, what is coded already,
// streams of events and what has no body.
func compressed(next http.Handler) http.Handler { return &compressor{next, compress.New()} }

// ServeHTTP compresses what the next handler writes.
func (c *compressor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	cw := &compressedWriter{ResponseWriter: w, of: c, coding: c.coder.Choose(strings.Join(r.Header.Values("Accept-Encoding"), ",")), status: http.StatusOK}
	c.next.ServeHTTP(cw, r)
	cw.close()
}

// compressedWriter holds an answer back until it is known whether it is worth compressing.
type compressedWriter struct {
	http.ResponseWriter
	of      *compressor
	coding  string
	status  int
	held    []byte
	decided bool
	// encoder is set where the answer is compressed.
	encoder compress.Encoder
}

// Unwrap lets http.ResponseController find the writer beneath.
func (w *compressedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader notes the status; it is sent once it is decided how the body is.
func (w *compressedWriter) WriteHeader(status int) {
	if w.decided || status < http.StatusOK && status != http.StatusSwitchingProtocols {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	w.status = status
	if status == http.StatusSwitchingProtocols || status == http.StatusNoContent || status == http.StatusNotModified {
		w.plain()
	}
}

// Write writes a part of the body, compressed or not, or holds it back.
func (w *compressedWriter) Write(b []byte) (int, error) {
	if !w.decided {
		w.held = append(w.held, b...)
		if len(w.held) < compress.Worthwhile {
			return len(b), nil
		}
		return len(b), w.begin()
	}
	return w.write(b)
}

func (w *compressedWriter) write(b []byte) (n int, err error) {
	if w.encoder != nil {
		n, err = w.encoder.Write(b)
	} else {
		n, err = w.ResponseWriter.Write(b)
	}
	if err != nil {
		err = fmt.Errorf("write a response: %w", err)
	}
	return n, err
}

// FlushError sends what was written so far.
func (w *compressedWriter) FlushError() error {
	if !w.decided {
		w.plain()
		if _, err := w.write(w.held); err != nil {
			return err
		}
		w.held = nil
	}
	if w.encoder != nil {
		if err := w.encoder.Flush(); err != nil {
			return fmt.Errorf("flush a response: %w", err)
		}
	}
	if err := http.NewResponseController(w.ResponseWriter).Flush(); err != nil {
		return fmt.Errorf("flush a response: %w", err)
	}
	return nil
}

// begin decides, for an answer that is long enough, and sends what was held back.
func (w *compressedWriter) begin() error {
	h := w.Header()
	if h.Get("Content-Encoding") != "" || h.Get("Content-Range") != "" || strings.HasPrefix(h.Get("Content-Type"), "text/event-stream") {
		w.plain()
	} else {
		if !strings.Contains(strings.Join(h.Values("Vary"), ","), "Accept-Encoding") {
			h.Add("Vary", "Accept-Encoding")
		}
		if w.coding != "" {
			h.Set("Content-Encoding", w.coding)
			h.Del("Content-Length")
			w.encoder = w.of.coder.Encoder(w.coding, w.ResponseWriter)
		}
		w.plain()
	}
	held := w.held
	w.held = nil
	_, err := w.write(held)
	return err
}

// plain sends the header.
func (w *compressedWriter) plain() {
	w.decided = true
	w.ResponseWriter.WriteHeader(w.status)
}

// close sends what is left. Nothing was written where the connection was taken over.
func (w *compressedWriter) close() {
	if !w.decided && len(w.held) == 0 && w.status == http.StatusOK {
		return
	}
	if !w.decided {
		w.plain()
		_, _ = w.ResponseWriter.Write(w.held)
	}
	if w.encoder != nil {
		_ = w.encoder.Close() // the client disconnected where it fails
		w.of.coder.Release(w.coding, w.encoder)
	}
}
