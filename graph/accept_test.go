package graph

import "testing"

func TestNegotiate(t *testing.T) {
	for accept, want := range map[string]string{
		"": mediaJSON, "*/*": mediaJSON, "application/*": mediaJSON, mediaJSON: mediaJSON, mediaGraphQL: mediaGraphQL,
		mediaGraphQL + ", " + mediaJSON:                mediaGraphQL,
		mediaJSON + ", " + mediaGraphQL:                mediaJSON,
		mediaJSON + ";q=0.5, " + mediaGraphQL:          mediaGraphQL,
		mediaGraphQL + ";q=0.5, */*":                   mediaJSON,
		"*/*, " + mediaGraphQL:                         mediaGraphQL,
		"*/*;q=0, application/json":                    mediaJSON,
		"application/json;q=0, */*":                    mediaGraphQL,
		"text/html":                                    "",
		"text/html, */*;q=0.1":                         mediaJSON,
		"application/json; charset=utf-8":              mediaJSON,
		"application/json; charset=utf-16":             "",
		"application/json;q=0":                         "",
		"nonsense;;, application/json;q=nonsense":      "",
		mediaGraphQL + "; charset=utf-8, " + mediaJSON: mediaGraphQL,
	} {
		if got := negotiate(accept); got != want {
			t.Errorf("%q is answered in %q, want %q", accept, got, want)
		}
	}
}
