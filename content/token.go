package content

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Token is what is known of a token that was given out; the token itself is kept nowhere.
type Token struct {
	// Number is the token's for ever, Name the holder's as long as the token is good.
	Number int64
	Name   string
	Role   Role
	// Created is when it was made, Expires when it ends, Revoked when it was taken back and Used when it was last shown,
	// to about ten seconds; zero where never.
	Created, Expires, Revoked, Used time.Time
}

// Good reports whether the token can be used at a time.
func (t Token) Good(at time.Time) bool {
	return t.Revoked.IsZero() && (t.Expires.IsZero() || at.Before(t.Expires))
}

// maxTokenName is the greatest length of the name of a token, in characters.
const maxTokenName = 100

// CheckTokenName returns an error for an invalid name of a token: it is shown as the author of revisions, and is distinguished from
// numbers.
func CheckTokenName(name string) error {
	_, err := strconv.ParseInt(name, 10, 64)
	switch {
	case name == "" || strings.TrimSpace(name) != name:
		return Errorf(BadUserInput, "a token needs a name without spaces at its ends, such as desk or feed-importer")
	case err == nil:
		return Errorf(BadUserInput, "the name %s is a number: give it a letter, to tell it from the numbers of tokens", name)
	case utf8.RuneCountInString(name) > maxTokenName || !utf8.ValidString(name) || PrintableLine(name) != name:
		return Errorf(BadUserInput, "the name of a token has at most %d characters, and no control characters or changes of direction", maxTokenName)
	}
	return nil
}
