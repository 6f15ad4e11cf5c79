package store

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"parley/content"
	"parley/internal/auth"
)

// CreateToken makes a token for a holder and returns its text, which is not stored and cannot be read again. A zero time
// makes it good until it is revoked. A name that another good token has is a CONFLICT.
func (s *Store) CreateToken(ctx context.Context, name string, role content.Role, expires time.Time) (string, error) {
	name = content.Composed(name)
	if err := content.CheckTokenName(name); err != nil {
		return "", err
	}
	text := auth.NewToken()
	digest, _ := auth.Digest(text)
	const insert = `INSERT INTO token (name, role, handle, digest, created, expires)
SELECT $1, $2, $3, $4, $5, $6
WHERE NOT EXISTS (SELECT 1 FROM token WHERE name = $1 AND revoked IS NULL)`
	err := s.queue.do(ctx, func(ctx context.Context, w *writer) error {
		res, err := w.exec(ctx, insert, name, string(role), handle(digest), digest[:], w.now().UnixMilli(), instant(expires))
		if err != nil {
			return fmt.Errorf("store the token: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, content.Errorf(content.Conflict, "a token named %q exists: choose another name, or revoke it", name))
		}
		return nil
	})
	if err != nil {
		return "", err // the token is not kept
	}
	return text, nil
}

// Tokens returns all tokens, also revoked and expired ones, in the order of their creation.
func (s *Store) Tokens(ctx context.Context) (list []content.Token, err error) {
	err = s.query(ctx, "SELECT "+tokenColumns+" FROM token ORDER BY number", nil, func(row *row) error {
		t, err := scanToken(row.Scan)
		list = append(list, t)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return list, nil
}

// RevokeToken takes a token back, by its number or by the name that it has; from the next request on it is refused. One
// that is not there, or was revoked before, is NOT_FOUND.
func (s *Store) RevokeToken(ctx context.Context, numberOrName string) (content.Token, error) {
	numberOrName = content.Composed(numberOrName)
	number, err := strconv.ParseInt(numberOrName, 10, 64)
	if err != nil {
		number = 0
	}
	const revoke = "UPDATE token SET revoked = $1 WHERE revoked IS NULL AND (number = $2 OR name = $3) RETURNING " + tokenColumns
	var t content.Token
	err = s.queue.do(ctx, func(ctx context.Context, w *writer) (err error) {
		t, err = scanToken(func(dest ...any) error {
			return w.scan(ctx, revoke, []any{w.now().UnixMilli(), number, numberOrName}, dest)
		})
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return t, content.Errorf(content.NotFound, "there is no valid token %q: parley token list prints the tokens", numberOrName)
	}
	s.revoked.ring()
	return t, err
}

// AwaitEnded returns those of the tokens with these numbers that were revoked or are past their time, once there are any: at once
// for what this store revokes, else within 100 milliseconds.
func (s *Store) AwaitEnded(ctx context.Context, tokens []int64) ([]int64, error) {
	const text = `SELECT k.value FROM json_each($1) AS k
WHERE NOT EXISTS (SELECT 1 FROM token AS t WHERE t.number = k.value AND t.revoked IS NULL AND (t.expires IS NULL OR t.expires > $2))`
	numbers, err := json.Marshal(tokens)
	if err != nil {
		return nil, fmt.Errorf("encode the numbers of tokens: %w", err)
	}
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		rung := s.revoked.wait()
		var ended []int64
		err := s.snapshot(ctx, func(query queryFunc) error {
			return query(ctx, text, []any{string(numbers), s.now().UnixMilli()}, func(row *row) error {
				var number int64
				err := row.Scan(&number)
				ended = append(ended, number)
				return err
			})
		})
		if err != nil {
			return nil, fmt.Errorf("find ended tokens: %w", err)
		}
		if len(ended) > 0 {
			return ended, nil
		}
		select {
		case <-rung:
		case <-tick.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the end of a token: %w", ctx.Err())
		}
	}
}

// Authenticate returns the holder of a token, and notes that it was used. One that is mistyped, unknown, revoked or past its
// time is UNAUTHENTICATED.
func (s *Store) Authenticate(ctx context.Context, token string) (content.Principal, error) {
	digest, ok := auth.Digest(token)
	if !ok {
		return content.Principal{}, content.Errorf(content.Unauthenticated, "this is not a complete token: a token is parley_ and 39 characters")
	}
	t, kept, err := s.tokenUnder(ctx, handle(digest))
	if err != nil {
		return content.Principal{}, err
	}
	now := s.now()
	switch {
	case subtle.ConstantTimeCompare(kept, digest[:]) != 1:
		return content.Principal{}, content.Errorf(content.Unauthenticated, "this token is unknown to this service")
	case !t.Revoked.IsZero():
		return content.Principal{}, content.Errorf(content.Unauthenticated, "this token was revoked on %s", t.Revoked.Format(time.DateOnly))
	case !t.Good(now):
		return content.Principal{}, content.Errorf(content.Unauthenticated, "this token expired at %s", t.Expires.Format(time.RFC3339))
	}
	s.uses.note(s, t.Number, now) //nolint:contextcheck // it is written after the request has ended
	return content.Principal{Token: t.Number, Name: t.Name, Role: t.Role, Expires: t.Expires}, nil
}

// tokenUnder reads the token with a handle, and its digest; nothing where there is none. Each request with a token asks, so the
// statement stays prepared.
func (s *Store) tokenUnder(ctx context.Context, handle int64) (t content.Token, digest []byte, err error) {
	err = s.query(ctx, "SELECT "+tokenColumns+", digest FROM token WHERE handle = $1", []any{handle}, func(row *row) (err error) {
		var blob any
		t, err = scanToken(func(dest ...any) error { return row.Scan(append(dest, &blob)...) })
		digest, _ = blob.([]byte)
		return err
	})
	return t, digest, err
}

// handle is the number under which a token is found; whether it is the same one, the whole digest decides.
func handle(digest [sha256.Size]byte) int64 {
	return int64(binary.BigEndian.Uint64(digest[:8])) //nolint:gosec // any 64 bits will do
}

const tokenColumns = "number, name, role, created, expires, revoked, used" //nolint:gosec // names of columns

// scanToken reads a row of tokenColumns.
func scanToken(scan func(...any) error) (t content.Token, err error) {
	var created int64
	var expires, revoked, used sql.NullInt64
	if err := scan(&t.Number, &t.Name, &t.Role, &created, &expires, &revoked, &used); err != nil {
		return t, fmt.Errorf("read a token: %w", err)
	}
	t.Created = time.UnixMilli(created).UTC()
	for n, at := range map[*sql.NullInt64]*time.Time{&expires: &t.Expires, &revoked: &t.Revoked, &used: &t.Used} {
		if n.Valid {
			*at = time.UnixMilli(n.Int64).UTC()
		}
	}
	return t, nil
}

// instant returns a time as a column value: NULL where it is zero.
func instant(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}
