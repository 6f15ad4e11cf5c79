package transport

import (
	"errors"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"parley/internal/escape"
)

// FuzzObject reads what encoding/json reads, and as it does.
func FuzzObject(f *testing.F) {
	for _, text := range []string{
		`{}`, ` { "a" : [ 1 , -2.5e+3 ,true,false , null ] , "b":{"c":"d"},"a":[] } `, `{"\"\\":"\u00e9\ud83d\ude00\ud800 \n"}`, `{"a":"\\"}`, `null`, `[]`,
		`{"a":1}x`, `{"a":{"b":1},"a":{"c":[[],[{}]]}}`, `{"a":[1,2`, ``, `{"n":12345678901234567890,"m":0}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip()
		}
		if escape.LoneSurrogate(text) >= 0 {
			if _, err := decodeObject([]byte(text), 1000); err == nil {
				t.Errorf("%q is taken", text)
			}
			return
		}
		var want map[string]any
		err := Unmarshal([]byte(text), &want)
		got, gotErr := decodeObject([]byte(text), 1000)
		if refused, beyond := errors.AsType[*refusal](gotErr); beyond {
			t.Skip(refused)
		}
		ok := gotErr == nil
		if ok != (err == nil && want != nil) {
			t.Fatalf("%q is taken: %v; encoding/json: %v", text, ok, err)
		}
		if diff := cmp.Diff(want, got); ok && diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	})
}

func BenchmarkObject(b *testing.B) {
	body := []byte(`{"query":"query Point($id: ID!) { event(id: $id) { title eventKind outlook basis } }","variables":{"id":"event_7ahankq5tdmxr"}}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeObject(body, 100_000); err != nil {
			b.Fatal("no object")
		}
	}
}
