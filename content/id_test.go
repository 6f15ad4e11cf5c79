package content

import (
	"strings"
	"testing"
)

func FuzzSplitView(f *testing.F) {
	id := NewID("Talk", NamedKey("Talk", "cairo"))
	for _, text := range []string{string(id), string(id.At(812)), string(id) + "@", string(id) + "@0", string(id) + "@007", string(id) + "@-1", string(id) + "@1@2", "talk_@1", "talk_000000000000\n", "@", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		typ, key, rev, err := ID(text).SplitView()
		if err != nil {
			if typ != nil || key != 0 || rev != 0 {
				t.Errorf("%q is refused and gives %v %d %d", text, typ, key, rev)
			}
			return
		}
		if got := NewID(typ.Name, key).At(rev); got != ID(text) {
			t.Errorf("%q is taken for %q", text, got)
		}
		if _, _, err := ID(text).Split(); (err == nil) != (rev == 0) {
			t.Errorf("Split of %q says %v, and it carries revision %d", text, err, rev)
		}
	})
}

func TestSplitTellsHowToMendAView(t *testing.T) {
	id := NewID("Talk", NamedKey("Talk", "cairo"))
	_, _, err := id.At(812).Split()
	if err == nil || !strings.Contains(err.Error(), "use its canonicalId, "+string(id)) {
		t.Errorf("Split of %s says %v", id.At(812), err)
	}
}

// TestSplitView reads ids with the revision that they carry, from the first on.
func TestSplitView(t *testing.T) {
	key := NamedKey("Talk", "cairo")
	id := NewID("Talk", key)
	for text, want := range map[ID]Revision{id: 0, id + "@1": 1, id + "@2": 2, id + "@812": 812} {
		typ, got, rev, err := text.SplitView()
		if err != nil || typ != TypeNamed("Talk") || got != key || rev != want || id.At(want) != text {
			t.Errorf("%s is read as %v %d %d, %v; want revision %d", text, typ, got, rev, err, want)
		}
	}
	for _, text := range []ID{id + "@", id + "@0", id + "@-1", id + "@01", id + "@1@2", id[:len(id)-1] + "@1"} {
		if _, _, _, err := text.SplitView(); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}
