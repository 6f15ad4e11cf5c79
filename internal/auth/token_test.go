package auth_test

import (
	"strings"
	"testing"

	"parley/internal/auth"
)

func TestTokens(t *testing.T) {
	token := auth.NewToken()
	if len(token) != len("parley_")+32+7 || token == auth.NewToken() {
		t.Errorf("made %q", token)
	}
	if _, ok := auth.Digest(token); !ok {
		t.Errorf("%q is taken for no token", token)
	}
	for i := range token {
		for _, with := range []string{"", "a", "b", "8", "é"} {
			other := token[:i] + with + token[i+1:]
			if _, ok := auth.Digest(other); ok && other != token {
				t.Errorf("%q is taken for a token, made from %q", other, token)
			}
		}
	}
	for _, other := range []string{"", "parley_", token + "a", " " + token, strings.ToUpper(token), strings.TrimPrefix(token, "parley_")} {
		if _, ok := auth.Digest(other); ok {
			t.Errorf("%q is taken for a token", other)
		}
	}
}

func FuzzDigest(f *testing.F) {
	f.Add(auth.NewToken())
	f.Add("parley_")
	f.Fuzz(func(t *testing.T, text string) {
		if _, ok := auth.Digest(text); ok && len(text) != 46 {
			t.Errorf("%q is taken for a token", text)
		}
	})
}
