package transport

import "testing"

func TestNegotiate(t *testing.T) {
	for accept, want := range map[string]string{
		"": MediaJSON, "*/*": MediaJSON, "application/*": MediaJSON, MediaJSON: MediaJSON, mediaGraphQL: mediaGraphQL,
		mediaGraphQL + ", " + MediaJSON:                mediaGraphQL,
		MediaJSON + ", " + mediaGraphQL:                MediaJSON,
		MediaJSON + ";q=0.5, " + mediaGraphQL:          mediaGraphQL,
		mediaGraphQL + ";q=0.5, */*":                   MediaJSON,
		"*/*, " + mediaGraphQL:                         mediaGraphQL,
		"*/*;q=0, application/json":                    MediaJSON,
		"application/json;q=0, */*":                    mediaGraphQL,
		"text/html":                                    "",
		"text/html, */*;q=0.1":                         MediaJSON,
		"application/json; charset=utf-8":              MediaJSON,
		"application/json; charset=utf-16":             "",
		"application/json;q=0":                         "",
		"nonsense;;, application/json;q=nonsense":      "",
		mediaGraphQL + "; charset=utf-8, " + MediaJSON: mediaGraphQL,
	} {
		if got := Negotiate(accept); got != want {
			t.Errorf("%q is answered in %q, want %q", accept, got, want)
		}
	}
}
