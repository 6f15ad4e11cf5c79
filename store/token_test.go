package store

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/content"
)

// at sets the clock of a store.
func (s *Store) at(t time.Time) { s.now = func() time.Time { return t } }

func TestTokens(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "parley.db")
	s := opened(t, path)
	noon := time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)
	s.at(noon)
	desk := created(t, s, "desk", content.Editor, noon.Add(time.Hour))
	feed := created(t, s, "feed", content.Admin, time.Time{})
	if _, err := s.CreateToken(ctx, "desk", content.Viewer, time.Time{}); code(err) != content.Conflict {
		t.Errorf("a second token of one name: %v", err)
	}
	who, err := s.Authenticate(ctx, desk)
	if want := (content.Principal{Token: 1, Name: "desk", Role: content.Editor, Expires: noon.Add(time.Hour)}); err != nil || who != want {
		t.Errorf("the holder is %v, %v, want %v", who, err, want)
	}
	// Another process revokes.
	other := opened(t, path)
	other.at(noon)
	if _, err := other.RevokeToken(ctx, "feed"); err != nil {
		t.Fatal(err)
	}
	refused(t, s, feed, "revoked on 2026-03-03")
	if _, err := s.RevokeToken(ctx, "feed"); code(err) != content.NotFound {
		t.Errorf("revoked twice: %v", err)
	}
	s.at(noon.Add(time.Hour))
	refused(t, s, desk, "expired at 2026-03-03T13:00:00Z")
	refused(t, s, desk[:20], "not a complete token")
	refused(t, s, otherToken(t), "unknown to this service")
	if _, err := s.RevokeToken(ctx, "1"); err != nil {
		t.Errorf("revoke by number: %v", err)
	}
	created(t, s, "desk", content.Viewer, time.Time{}) // the name is free again
	if head, err := s.Head(ctx); head != 0 || err != nil {
		t.Errorf("tokens made revision %d, %v", head, err)
	}
}

// TestUses: when a token was last used is written at the end at the latest, and what refuses a token is no use.
func TestUses(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "parley.db")
	s, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)
	s.at(noon)
	used, idle := created(t, s, "used", content.Viewer, time.Time{}), created(t, s, "idle", content.Viewer, noon)
	for _, at := range []time.Time{noon, noon.Add(time.Minute)} {
		s.at(at)
		if _, err := s.Authenticate(ctx, used); err != nil {
			t.Fatal(err)
		}
		refused(t, s, idle, "expired")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	list, err := opened(t, path).Tokens(ctx)
	if err != nil || len(list) != 2 || !list[0].Used.Equal(noon.Add(time.Minute)) || !list[1].Used.IsZero() {
		t.Errorf("the tokens are %v, %v", list, err)
	}
}

func TestTokenNames(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "parley.db"))
	for _, name := range []string{"", " a", "12", "a\nb", strings.Repeat("a", 101)} {
		if _, err := s.CreateToken(t.Context(), name, content.Viewer, time.Time{}); code(err) != content.BadUserInput {
			t.Errorf("the name %q: %v", name, err)
		}
	}
}

func opened(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func created(t *testing.T, s *Store, name string, role content.Role, expires time.Time) string {
	t.Helper()
	text, err := s.CreateToken(t.Context(), name, role, expires)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// otherToken is a token of another database.
func otherToken(t *testing.T) string {
	t.Helper()
	return created(t, opened(t, filepath.Join(t.TempDir(), "other.db")), "other", content.Admin, time.Time{})
}

func refused(t *testing.T, s *Store, token, want string) {
	t.Helper()
	if _, err := s.Authenticate(t.Context(), token); code(err) != content.Unauthenticated || !strings.Contains(err.Error(), want) {
		t.Errorf("the token is answered %v, want %q", err, want)
	}
}

func code(err error) content.Code {
	if known, ok := errors.AsType[*content.Error](err); ok {
		return known.Code
	}
	return ""
}

// TestTokensAreReadByOneStatement holds that the statement which each request with a token runs stays prepared.
func TestTokensAreReadByOneStatement(t *testing.T) {
	s := opened(t, filepath.Join(t.TempDir(), "parley.db"))
	token := created(t, s, "desk", content.Viewer, time.Time{})
	for range 3 {
		if _, err := s.Authenticate(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	kept := 0
	for _, session := range s.sessions.idle {
		for text := range session.kept {
			if strings.Contains(text, "FROM token") {
				kept++
			}
		}
	}
	if kept != 1 {
		t.Errorf("%d statements are prepared, want 1", kept)
	}
}
