package feed

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"parley/content"
	"parley/graph/cache"
	"parley/graph/operation"
	"parley/graph/plan"
)

// Reader answers selections.
type Reader interface {
	// Read answers the selections, in order, and says at which revision.
	Read(ctx context.Context, view content.View, sels []*content.Selection) ([]*content.Result, content.Revision, error)
}

// Executor executes what a feed reads as an operation is executed.
type Executor interface {
	// Run calls read once there is room for it, ends it by the limit of time, and charges the cost that it returns to the client
	// that sends the request; price is the most that this is but for the length of the feed. It returns false where it answered the
	// request with a refusal, or the error of read.
	Run(w http.ResponseWriter, r *http.Request, price int, read func(ctx context.Context) (cost int, err error)) (ok bool, err error)
	// Rendering returns what renders the texts of a feed, until ctx ends. Feeds and answers share what was rendered.
	Rendering(ctx context.Context) plan.Rendering
	// MaxAnswer returns the limit of the bytes of a feed; 0 is none.
	MaxAnswer() int
}

// Config is what feeds need.
type Config struct {
	Executor Executor
	Reader   Reader
	Logger   *slog.Logger
}

// feedSize is how many events a feed has.
const feedSize = 50

// feedPrice is what a feed costs at most, but for its length: its talk, its events and a text of each, and two lists.
const feedPrice = 2*(feedSize+1) + 2

// New returns the handler of the feeds of talks: the newest events of a talk and its descendants after RFC 4287, those that
// changed last first. The parameter locales names the languages wanted, as everywhere. A feed is executed as an operation is:
// it takes its turn, ends by --max-time, and costs what it reads, renders and sends. One that would be longer than --max-answer ends
// at the last whole entry that fits.
func New(c Config) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		slug, ok := strings.CutSuffix(req.PathValue("file"), ".atom")
		if !ok || !content.Slug(slug).Valid() {
			http.NotFound(w, req)
			return
		}
		var body []byte
		ok, err := c.Executor.Run(w, req, feedPrice, func(ctx context.Context) (cost int, err error) {
			body, cost, err = c.feed(ctx, content.Slug(slug), operation.LocalesOf(req.URL.Query()), self(req))
			return cost, err
		})
		if !ok {
			return
		}
		known, bad := errors.AsType[*content.Error](err)
		switch {
		case errors.Is(err, content.ErrNotFound):
			http.NotFound(w, req)
		case bad:
			http.Error(w, known.Message, http.StatusBadRequest)
		case err != nil:
			if !errors.Is(req.Context().Err(), context.Canceled) {
				c.Logger.ErrorContext(req.Context(), "a feed failed", slog.Any("error", err))
			}
			http.Error(w, "Internal error.", http.StatusInternalServerError)
		default:
			serveFeed(w, req, body)
		}
	})
}

// self is the address that the client asked: the scheme and host of its URL where they are known, as behind a proxy.
func self(r *http.Request) string {
	scheme, host := r.URL.Scheme, r.URL.Host
	if scheme == "" && r.TLS != nil {
		scheme = "https"
	}
	return cmp.Or(scheme, "http") + "://" + cmp.Or(host, r.Host) + r.URL.RequestURI()
}

// serveFeed writes a feed, unless the client has it.
func serveFeed(w http.ResponseWriter, r *http.Request, body []byte) {
	sum := sha256.Sum256(body)
	tag := `W/"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "public, no-cache")
	if cache.Matches(strings.Join(r.Header.Values("If-None-Match"), ","), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", "application/atom+xml; charset=utf-8")
	_, _ = w.Write(body)
}

// feed writes the feed of a talk in its turn, and returns what it cost; content.ErrNotFound where the public sees none.
func (c Config) feed(ctx context.Context, slug content.Slug, wanted []string, address string) (body []byte, cost int, err error) {
	locales, err := content.Lookup(wanted)
	if err != nil {
		return nil, 0, err
	}
	events := &content.Selection{
		Key: "events", Relation: "events", Type: content.TypeNamed("Event"), Rows: true, Page: content.Page{List: "Talk.events", Size: feedSize},
		Fields: []string{"title", "summary", "occurredOn", "eventKind", "createdAt", "updatedAt", "locale", "ownLocale"}, Sort: content.Sort{Field: "updatedAt", Descending: true},
	}
	sel := &content.Selection{
		Key: "talk", Type: content.TypeNamed("Talk"), Slug: slug, Rows: true,
		Fields: []string{"title", "summary", "updatedAt", "locale"}, Children: []*content.Selection{events},
	}
	results, _, err := c.Reader.Read(ctx, content.View{Locales: locales}, []*content.Selection{sel})
	if err != nil {
		return nil, feedPrice, fmt.Errorf("read the talk: %w", err)
	}
	answer := operation.Response{Results: results}
	for _, l := range results[0].Lists {
		if len(l.Rows) == 0 {
			continue
		}
		row, f := l.Rows[0], writer{Rendering: c.Executor.Rendering(ctx), max: c.Executor.MaxAnswer()}
		err := f.feed(sel, row, events, results[0].Children[0].Lists[row.Key], address)
		answer.Data, answer.Derived = f.text, f.Derived
		if err != nil {
			return nil, max(feedPrice, answer.Cost()), err
		}
		return f.text, answer.Cost(), nil
	}
	return nil, answer.Cost(), content.ErrNotFound
}
