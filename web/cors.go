package web

import (
	"net/http"

	"github.com/rs/cors"
)

// preflight is how long browsers keep the answer to a preflight request, in seconds.
const preflight = 7200

// crossOrigin lets pages of the origins in; without any, browsers keep all others out. Credentials of browsers (cookies,
// client certificates) are never let through: a token is sent by the page itself.
func crossOrigin(origins []string, next http.Handler) http.Handler {
	if len(origins) == 0 {
		return next
	}
	return cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost},
		AllowedHeaders: []string{
			"Accept", "Authorization", "Content-Type", "If-None-Match", "Last-Event-ID", "Parley-Record", "X-Parley-Cost",
			"Apollographql-Client-Name", "Apollographql-Client-Version", "Apollo-Require-Preflight", "Graphql-Preflight",
			"X-Apollo-Operation-Id", "X-Apollo-Operation-Name", "X-Apollo-Operation-Type",
			"Traceparent", "Tracestate", "Baggage", "Sentry-Trace",
		},
		ExposedHeaders: []string{"ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"},
		MaxAge:         preflight,
	}).Handler(next)
}
