package bundle

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"unicode/utf8"
)

// ErrUTF16 says that a sheet is in UTF-16.
var ErrUTF16 = errors.New("this is UTF-16: save the file as CSV in UTF-8")

// NewTable returns the rows of a sheet as spreadsheets write it: with a byte order mark or without, with line ends of any kind,
// and with the delimiter that a first line "sep=;" names, else the one of comma, semicolon and tab that its first row has most.
func NewTable(r io.Reader) (*csv.Reader, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	first, err := in.Peek(32 << 10)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err //nolint:wrapcheck // the caller knows the file
	}
	if bytes.HasPrefix(first, []byte{0xff, 0xfe}) || bytes.HasPrefix(first, []byte{0xfe, 0xff}) {
		return nil, ErrUTF16
	}
	if bytes.HasPrefix(first, []byte("\ufeff")) {
		first = first[3:]
		_, _ = in.Discard(3) // they were peeked at
	}
	comma, length, named := separatorLine(first)
	if !named {
		comma = delimiter(first)
	}
	_, _ = in.Discard(length)
	rows := csv.NewReader(&lineEnds{Reader: in})
	rows.Comma = comma
	return rows, nil
}

// delimiter returns the most frequent separator of the cells of the first row.
func delimiter(text []byte) rune {
	counts := map[rune]int{}
	quoted := false
	for _, r := range string(text) {
		if (r == '\n' || r == '\r') && !quoted {
			break
		}
		if r == '"' {
			quoted = !quoted
		} else if !quoted {
			counts[r]++
		}
	}
	best := ','
	for _, r := range ";\t" {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}

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
