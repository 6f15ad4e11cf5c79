// Package auth makes the tokens that authenticate clients, and recognises mistyped ones by their checksum.
package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"hash/crc32"
	"strings"
)

// prefix begins every token, so that a leaked token is recognised, as by secret scanners.
const prefix = "parley_"

// secret is how many random bytes a token holds: 160 bits.
const secret = 20

// encoding has no letter that a URL, a header or a shell would mind.
func encoding() *base32.Encoding {
	return base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
}

// NewToken makes a token: "parley_", 32 characters of chance and 7 that are their checksum.
func NewToken() string {
	b := make([]byte, secret)
	rand.Read(b) // it never fails
	return prefix + encoding().EncodeToString(b) + checksum(b)
}

// Digest returns the SHA-256 of a token, which is what may be kept of it. It reports false for a text that no token can
// be: one that was cut or mistyped.
func Digest(token string) ([sha256.Size]byte, bool) {
	rest, ok := strings.CutPrefix(token, prefix)
	digits := encoding().EncodedLen(secret)
	if !ok || len(rest) < digits {
		return [sha256.Size]byte{}, false
	}
	b, err := encoding().DecodeString(rest[:digits])
	if err != nil || rest[digits:] != checksum(b) {
		return [sha256.Size]byte{}, false
	}
	return sha256.Sum256([]byte(token)), true
}

func checksum(b []byte) string {
	return encoding().EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(b)))
}
