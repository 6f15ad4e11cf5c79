package web

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"time"

	"parley/internal/crash"
	"parley/internal/requestlog"
)

// policy lets GraphiQL run from this origin alone. Its editor sets inline styles and carries its fonts inline.
const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"font-src 'self' data:; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// secured sets the security headers: framing, content sniffing, content security policy, referrers.
func secured(next http.Handler) http.Handler {
	all := http.Header{
		"Content-Security-Policy": {policy},
		"X-Content-Type-Options":  {"nosniff"},
		"Referrer-Policy":         {"no-referrer"},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), all)
		next.ServeHTTP(w, r)
	})
}

// bodiless refuses GET and HEAD with a body: none is read, and net/http would wait for its end before it answers.
func bodiless(now func() time.Time, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength == 0 || r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		if r.ProtoMajor == 1 {
			w.Header().Set("Connection", "close")
			_ = http.NewResponseController(w).SetReadDeadline(now()) // the rest is not read
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"errors":[{"message":"a GET request must not have a body: send the query in the URL, or by POST","extensions":{"code":"BAD_REQUEST","docs":"/docs/errors#bad_request"}}]}`))
	})
}

// RequestID returns the name of the request that ctx belongs to, or nothing.
func RequestID(ctx context.Context) string { return requestlog.Of(ctx).ID() }

// recovered answers a panic with an error that names the request, whose cause is in the log.
func recovered(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { //nolint:contextcheck // it has that of the request
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler { //nolint:errorlint // net/http compares so too
				panic(v)
			}
			id := RequestID(r.Context())
			log.ErrorContext(r.Context(), "a handler panicked", slog.Any("panic", v), slog.String("request_id", id), crash.Stack(crash.Recovered(v)))
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = fmt.Fprintf(w, `{"errors":[{"message":"Internal error. The log of the service has the details under the request id.","extensions":{"code":"INTERNAL","docs":"/docs/errors#internal","requestId":%q}}]}`, id)
		}()
		next.ServeHTTP(w, r)
	})
}
