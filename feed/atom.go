package feed

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"parley/content"
	"parley/graph/cache"
	"parley/graph/operation"
	"parley/graph/plan"
	"parley/internal/markdown"
)

// Reader answers selections.
type Reader interface {
	// Read answers the selections, in order, and says at which revision.
	Read(ctx context.Context, view content.View, sels []*content.Selection) ([]*content.Result, content.Revision, error)
}

// Executor executes what a feed reads as an operation is executed.
type Executor interface {
	// Run calls read once there is room for it, ends it by the limit of time, and charges the cost that it returns to the client
	// that sends the request; price is the most that this is. It returns false where it answered the request with a refusal, or the
	// error of read.
	Run(w http.ResponseWriter, r *http.Request, price int, read func(ctx context.Context) (cost int, err error)) (ok bool, err error)
}

// Config is what feeds need.
type Config struct {
	Executor Executor
	Reader   Reader
	Logger   *slog.Logger
}

// feedSize is how many events a feed has.
const feedSize = 50

// New returns the handler of the feeds of talks: the newest events of a talk and its descendants after RFC 4287, those that
// changed last first. The parameter locales names the languages wanted, as everywhere. A feed is executed as an operation is:
// it takes its turn, ends by --max-time, and costs what it reads.
func New(c Config) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		slug, ok := strings.CutSuffix(req.PathValue("file"), ".atom")
		if !ok || !content.Slug(slug).Valid() {
			http.NotFound(w, req)
			return
		}
		var body []byte
		ok, err := c.Executor.Run(w, req, feedSize, func(ctx context.Context) (cost int, err error) {
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

// atomFeed and what is in it are the elements of RFC 4287.
type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Language string      `xml:"xml:lang,attr,omitempty"`
	ID       string      `xml:"id"`
	Title    string      `xml:"title"`
	Subtitle string      `xml:"subtitle,omitempty"`
	Updated  string      `xml:"updated"`
	Author   string      `xml:"author>name"`
	Link     atomLink    `xml:"link"`
	Entries  []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Language  string       `xml:"xml:lang,attr,omitempty"`
	ID        string       `xml:"id"`
	Title     string       `xml:"title"`
	Published string       `xml:"published"`
	Updated   string       `xml:"updated"`
	Category  atomCategory `xml:"category"`
	Content   atomText     `xml:"content"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
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
		return nil, feedSize, fmt.Errorf("read the talk: %w", err)
	}
	cost = operation.Response{Results: results}.Cost()
	for _, l := range results[0].Lists {
		for _, row := range l.Rows {
			body, err = writeFeed(sel, row, events, results[0].Children[0].Lists[row.Key], address)
			return body, cost, err
		}
	}
	return nil, cost, content.ErrNotFound
}

func writeFeed(sel *content.Selection, row content.Row, events *content.Selection, list *content.List, address string) ([]byte, error) {
	subtitle, err := markdown.Text(textOf(sel, row, "summary"))
	if err != nil {
		return nil, fmt.Errorf("write the summary: %w", err)
	}
	updated, _ := plan.FieldOf(sel, row, "updatedAt").(time.Time)
	f := atomFeed{
		ID: urn(content.NewID(sel.Type.Name, row.Key)), Title: textOf(sel, row, "title"), Subtitle: subtitle, Language: textOf(sel, row, "locale"),
		Author: "parley", Link: atomLink{"self", "application/atom+xml", address},
	}
	if list != nil {
		for _, e := range list.Rows {
			entry, at, err := entryOf(events, e)
			if err != nil {
				return nil, err
			}
			if at.After(updated) {
				updated = at
			}
			f.Entries = append(f.Entries, entry)
		}
	}
	f.Updated = updated.UTC().Format(time.RFC3339)
	body, err := xml.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the feed: %w", err)
	}
	return append([]byte(xml.Header), append(body, '\n')...), nil
}

// entryOf is the entry of an event, and when it changed last.
func entryOf(sel *content.Selection, row content.Row) (entry atomEntry, updated time.Time, err error) {
	html, err := markdown.HTML(textOf(sel, row, "summary"))
	if err != nil {
		return entry, updated, fmt.Errorf("write the summary: %w", err)
	}
	in := plan.LanguageOf(sel, row)
	if date, ok := plan.FieldOf(sel, row, "occurredOn").(content.FuzzyDate); ok {
		html = "<p>" + strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(date.LabelFor(in.Own, in.Served)) + "</p>\n" + html
	}
	updated, _ = plan.FieldOf(sel, row, "updatedAt").(time.Time)
	created, _ := plan.FieldOf(sel, row, "createdAt").(time.Time)
	return atomEntry{
		ID: urn(content.NewID(sel.Type.Name, row.Key)), Title: textOf(sel, row, "title"), Language: textOf(sel, row, "locale"),
		Published: created.UTC().Format(time.RFC3339), Updated: updated.UTC().Format(time.RFC3339),
		Category: atomCategory{textOf(sel, row, "eventKind")}, Content: atomText{"html", html},
	}, updated, nil
}

func textOf(sel *content.Selection, row content.Row, name string) string {
	text, _ := plan.FieldOf(sel, row, name).(string)
	return text
}

// urn is an id as an address that is the same on every machine, which Atom asks for.
func urn(id content.ID) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte("parley:"+string(id))).URN()
}
