package fold

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// dropped is the folded form of a character that leaves nothing.
const dropped rune = -1

// sign returns the plain form of punctuation and digits: quotation marks and apostrophes, with the signs of ayn and hamza in
// Latin, geresh and gershayim, are dropped, dashes are hyphens, digits of all scripts 0 to 9. It returns r if it is neither.
func sign(r rune) rune {
	switch {
	case Quotation(r) != 0 || apostrophe(r):
		return dropped
	case r < 0x80:
		return r
	}
	switch r {
	case '־', '‐', '‑', '‒', '–', '—', '―', '−':
		return '-'
	case '،', '٬':
		return ','
	case '؛':
		return ';'
	case '؟':
		return '?'
	case '٪':
		return '%'
	case '٫':
		return '.'
	}
	return digit(r)
}

// Quotation returns the family of a quotation mark, whose marks open and close each other; 0 if r is none. Single
// marks are none, since they are apostrophes in most texts.
func Quotation(r rune) rune {
	switch r {
	case '"', '“', '”', '„', '‟', '＂', '〝', '〞', '〟', '״', '″':
		return '"'
	case '«', '»':
		return '«'
	case '‹', '›':
		return '‹'
	case '「', '」', '｢', '｣', '﹁', '﹂':
		return '「'
	case '『', '』', '﹃', '﹄':
		return '『'
	case '《', '》':
		return '《'
	default:
		return 0
	}
}

// apostrophe reports whether r is an apostrophe or looks like one: a single quotation mark, a prime, geresh, or a sign of
// ayn, hamza or the soft sign in Latin transliteration.
func apostrophe(r rune) bool {
	switch r {
	case '\'', '`', '´', '\u1fef', '\u1ffd', '‘', '’', '‚', '‛', '′', '‵', '＇', '׳', 'ꞌ', 'Ꞌ', 'ʹ', 'ʺ', 'ʻ', 'ʼ', 'ʽ', 'ʾ', 'ʿ', 'ˀ', 'ˁ':
		return true
	default:
		return false
	}
}

// digit returns the ASCII digit of a decimal digit of any script, else r.
func digit(r rune) rune {
	switch {
	case r < 0x660 || r >= 0x6fa && r < 0x7c0 || r >= 0x3000 && r < 0xa620:
		return r
	case r < 0x10000:
		for _, x := range unicode.Nd.R16 {
			if r <= rune(x.Hi) {
				if r >= rune(x.Lo) {
					return '0' + (r-rune(x.Lo))%10
				}
				return r
			}
		}
	default:
		for _, x := range unicode.Nd.R32 {
			if r <= rune(x.Hi) { //nolint:gosec // a code point
				if r >= rune(x.Lo) { //nolint:gosec // a code point
					return '0' + (r-rune(x.Lo))%10 //nolint:gosec // a code point
				}
				return r
			}
		}
	}
	return r
}

// arabic returns the Arabic letter that keyboards of other languages, or their writers, use another form of; else r.
func arabic(r rune) rune {
	if r < 0x621 || r > 0x6d5 {
		return r
	}
	switch r {
	case 'ـ', '\u0654', '\u0655': // tatweel, and hamza above and below
		return dropped
	case 'أ', 'إ', 'ٱ', 'ٲ', 'ٳ', 'ٵ': // alef with madda is a separate letter in the order of Persian
		return 'ا'
	case 'ئ', 'ى', 'ی', 'ۍ', 'ێ', 'ې', 'ۑ', 'ے', 'ۓ', 'ٸ', 'ؠ':
		return 'ي'
	case 'ک', 'ڪ', 'ڬ':
		return 'ك'
	case 'ګ':
		return 'گ'
	case 'ة', 'ہ', 'ۃ', 'ھ', 'ە', 'ۀ', 'ۂ':
		return 'ه'
	case 'ؤ', 'ۆ', 'ٶ':
		return 'و'
	case 'ڕ':
		return 'ر'
	case 'ڵ':
		return 'ل'
	default:
		return r
	}
}

// omitted reports whether readers leave the mark r out when they type, or do not see it: accents, Arabic vowel signs, Hebrew
// points, nuktas, and marks of format. Vowel signs of other scripts and the voicing marks of kana are not left out.
func omitted(r rune) bool {
	switch {
	case r < 0x300:
		return r == '\u00ad'
	case r == '\u3099' || r == '\u309a':
		return false
	case unicode.Is(unicode.Cf, r):
		return true
	case !unicode.In(r, unicode.Mn, unicode.Me):
		return false
	case unicode.In(r, unicode.Inherited, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Cyrillic):
		return true
	default:
		const nukta = 7
		return norm.NFKD.PropertiesString(string(r)).CCC() == nukta
	}
}

// letter returns the plain form of a letter that decomposition leaves alone.
func letter(r rune) string {
	switch r {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'þ':
		return "th"
	case 'ø', 'ɔ', 'ơ':
		return "o"
	case 'đ', 'ð', 'ɖ', 'ɗ':
		return "d"
	case 'ł':
		return "l"
	case 'ħ':
		return "h"
	case 'ı':
		return "i"
	case 'ə':
		return "a"
	case 'ŧ':
		return "t"
	case 'ŋ':
		return "n"
	case 'ɓ':
		return "b"
	case 'ƙ':
		return "k"
	case 'ƴ':
		return "y"
	case 'ɛ':
		return "e"
	case 'ς':
		return "σ"
	case 'ך':
		return "כ"
	case 'ם':
		return "מ"
	case 'ן':
		return "נ"
	case 'ף':
		return "פ"
	case 'ץ':
		return "צ"
	default:
		return string(r)
	}
}
