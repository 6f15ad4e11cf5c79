package content

import (
	"errors"
	"testing"
)

// FuzzID splits ids: what is taken is exactly what is made of its type and key.
func FuzzID(f *testing.F) {
	for _, t := range Types() {
		f.Add(string(NewID(t.Name, NamedKey(t.Name, "a"))))
	}
	for _, text := range []string{"", "talk_", "talk_0123456789abc", "talk_zzzzzzzzzzzzz", "TALK_0123456789abc", "talk_0123456789abC", "talk_0123456789ab\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		of, key, err := ID(text).Split()
		if err != nil {
			if known, ok := errors.AsType[*Error](err); !ok || known.Code != BadUserInput || len(known.Message) > 400 {
				t.Errorf("refused with %v", err)
			}
			return
		}
		if NewID(of.Name, key) != ID(text) {
			t.Errorf("%q is taken for %s", text, NewID(of.Name, key))
		}
	})
}
