package bundle

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// lineEnds reads a text with a line feed for each of its line ends: CR LF, LF, or CR alone, as old spreadsheets write.
type lineEnds struct {
	io.Reader
	cr bool // whether the byte before was a CR
}

// Read reads on.
func (l *lineEnds) Read(p []byte) (int, error) {
	for {
		n, err := l.Reader.Read(p)
		kept := 0
		for _, b := range p[:n] {
			after := l.cr
			l.cr = b == '\r'
			switch {
			case b == '\n' && after:
				continue
			case b == '\r':
				b = '\n'
			}
			p[kept] = b
			kept++
		}
		if kept > 0 || err != nil || len(p) == 0 {
			return kept, err
		}
	}
}

// separatorLine returns the delimiter that a first line such as "sep=;" names, which spreadsheets write, and the length of the
// line with its end; ok is false where the first line is another.
func separatorLine(text []byte) (delimiter rune, length int, ok bool) {
	const name = "sep="
	end := bytes.IndexAny(text, "\r\n")
	if end < 0 {
		return 0, 0, false
	}
	line := bytes.TrimPrefix(text[:end], []byte{'"'})
	if len(line) < len(name) || !bytes.EqualFold(line[:len(name)], []byte(name)) {
		return 0, 0, false
	}
	delimiter, size := utf8.DecodeRune(line[len(name):])
	rest := bytes.Trim(line[len(name)+size:], "\", \t"+string(delimiter)) // empty cells that a program added
	if delimiter == utf8.RuneError || delimiter == '"' || len(rest) > 0 {
		return 0, 0, false
	}
	if bytes.HasPrefix(text[end:], []byte("\r\n")) {
		end++
	}
	return delimiter, end + 1, true
}
