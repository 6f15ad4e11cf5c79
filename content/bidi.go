package content

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The characters of Unicode that embed, override and isolate directions of text, and those that end that
// (https://www.unicode.org/reports/tr9/, section 2). An override can make "gpj.exe" read "exe.jpg"; one that is not ended
// reorders what follows it on a page.
const (
	bidiEmbedLeft     = '\u202a'
	bidiEmbedRight    = '\u202b'
	bidiPop           = '\u202c'
	bidiOverrideLeft  = '\u202d'
	bidiOverrideRight = '\u202e'
	bidiIsolateLeft   = '\u2066'
	bidiIsolateRight  = '\u2067'
	bidiIsolateFirst  = '\u2068'
	bidiPopIsolate    = '\u2069'
)

// hasBidi reports whether a text has one of these characters. All begin with the bytes E2 80 or E2 81, as dashes and curly
// quotation marks do.
func hasBidi(text string) bool {
	return strings.Contains(text, "\xe2\x80") && strings.ContainsAny(text, "\u202a\u202b\u202c\u202d\u202e") ||
		strings.Contains(text, "\xe2\x81") && strings.ContainsAny(text, "\u2066\u2067\u2068\u2069")
}

// checkBidi returns an error for a text of one line that could reorder the text around it or disguise itself, or nil: it
// embeds or overrides, or has an isolate that is not ended. Isolates in pairs are allowed, for a name in another direction.
func checkBidi(f *Field, text string) *Error {
	if !hasBidi(text) {
		return nil
	}
	open := 0
	for _, r := range text {
		switch r {
		case bidiEmbedLeft, bidiEmbedRight, bidiOverrideLeft, bidiOverrideRight, bidiPop:
			return Errorf(BadUserInput, "%s has the character U+%04X, which changes the direction of the following text: remove it, or put the words between U+2068 and U+2069", f.Name, r)
		case bidiIsolateLeft, bidiIsolateRight, bidiIsolateFirst:
			open++
		case bidiPopIsolate:
			if open--; open < 0 {
				return Errorf(BadUserInput, "%s has the character U+2069, which ends an isolate, without U+2066, U+2067 or U+2068 before it: remove it", f.Name)
			}
		}
	}
	if open > 0 {
		return Errorf(BadUserInput, "%s starts an isolate with U+2066, U+2067 or U+2068 and does not end it: end it with U+2069, or remove it", f.Name)
	}
	return nil
}

// IsolateBidi returns a text whose embeddings, overrides and isolates end on the line on which they begin, each in its order,
// so that they reach nothing around it. Characters that end nothing are left out. Most texts have none and are returned as they
// are.
func IsolateBidi(text string) string {
	if !hasBidi(text) {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		words := strings.TrimRight(line, "\r\n")
		isolateLine(&b, words)
		b.WriteString(line[len(words):])
	}
	return b.String()
}

// isolateLine writes a line; ends holds the character that ends each direction that is open, the innermost last.
func isolateLine(b *strings.Builder, line string) {
	var ends []rune
	for _, r := range line {
		switch r {
		case bidiEmbedLeft, bidiEmbedRight, bidiOverrideLeft, bidiOverrideRight:
			ends = append(ends, bidiPop)
		case bidiIsolateLeft, bidiIsolateRight, bidiIsolateFirst:
			ends = append(ends, bidiPopIsolate)
		case bidiPop:
			if len(ends) == 0 || ends[len(ends)-1] != bidiPop {
				continue // it ends nothing
			}
			ends = ends[:len(ends)-1]
		case bidiPopIsolate: // it ends the embeddings within the isolate too
			at := len(ends) - 1
			for at >= 0 && ends[at] != bidiPopIsolate {
				at--
			}
			if at < 0 {
				continue
			}
			for len(ends) > at+1 {
				b.WriteRune(ends[len(ends)-1])
				ends = ends[:len(ends)-1]
			}
			ends = ends[:at]
		}
		b.WriteRune(r)
	}
	for _, end := range slices.Backward(ends) {
		b.WriteRune(end)
	}
}

// Cleaned returns a text that is kept without a look by [Field.TextOf], such as a cell of a data set or the note of a revision: it
// has no control characters but line feeds and tabs, and its changes of direction end on their line.
func Cleaned(text string) string {
	return IsolateBidi(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r <= 0x9f {
			return -1
		}
		return r
	}, text))
}

// Printable returns a foreign text, such as that of an imported file or of a receiver of webhooks, as it may be printed on a
// terminal or logged: control characters and those that change directions are written as escapes, such as \x1b and \u202e, line
// feeds and tabs as they are.
func Printable(text string) string {
	return printable(text, func(r rune) bool { return r == '\n' || r == '\t' })
}

// PrintableLine is [Printable] for a text that belongs on one line: line feeds and tabs are escapes too.
func PrintableLine(text string) string { return printable(text, func(rune) bool { return false }) }

func printable(text string, allowed func(rune) bool) string {
	bad := func(r rune) bool {
		control := r < ' ' || r >= 0x7f && r <= 0x9f || r >= bidiEmbedLeft && r <= bidiOverrideRight || r >= bidiIsolateLeft && r <= bidiPopIsolate ||
			r == '\u2028' || r == '\u2029' || r == utf8.RuneError
		return control && !allowed(r)
	}
	if strings.IndexFunc(text, bad) < 0 {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case !bad(r):
			b.WriteRune(r)
		case r == utf8.RuneError && text[i] >= utf8.RuneSelf && !strings.HasPrefix(text[i:], "\ufffd"):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case r == utf8.RuneError:
			b.WriteRune(r)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
