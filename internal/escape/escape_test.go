package escape

import "testing"

func TestLoneSurrogate(t *testing.T) {
	for text, want := range map[string]int{
		``: -1, `plain 😀`: -1, `a\ud83d\ude00b`: -1, `\uD83D\uDE00\uD83D\uDE00`: -1, `\\ud83d`: -1, `\\\\ud83d x`: -1, `\u00e9\n`: -1, `\u{1F600}`: -1,
		`a\ud83d`: 1, `\ud83d x \ude00`: 0, `\ude00\ud83d`: 0, `\\\ud83d`: 2, `\ud83d\ude00\ud83d`: 12, `\uDFFF`: 0, `\ud83d\ud83d\ude00`: 0, `\`: -1, `\u12`: -1,
	} {
		if got := LoneSurrogate(text); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}
