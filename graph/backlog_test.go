package graph_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/content"
	"parley/graph"
)

// stalled is a client that reads nothing of a response until it is let go.
type stalled struct {
	*httptest.ResponseRecorder
	writing chan<- int // how long the response is, once it is being written
	goOn    <-chan struct{}
}

func (s stalled) Write(b []byte) (int, error) {
	if len(b) > 64<<10 {
		s.writing <- len(b)
		<-s.goOn
	}
	return s.ResponseRecorder.Write(b)
}

// TestUnreadResponsesAreBounded has a client that reads none of its responses: it is refused, over HTTP and in streams, once they
// are four times the longest response. Other clients are answered, and so is this one when it has read them.
func TestUnreadResponsesAreBounded(t *testing.T) {
	limits := graph.DefaultLimits()
	limits.Answer = 4 << 20
	s := longTexts(t, limits)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	token := s.token(t, content.Editor)
	stream := listen(t, server.URL, "query @live "+aliases("short", "html", 45), nil)
	stream.next(t)

	ask := func(w http.ResponseWriter, client, query string) {
		r := httptest.NewRequest(http.MethodGet, "/graphql?query="+url.QueryEscape(query), http.NoBody)
		r.RemoteAddr = client + ":1"
		s.ServeHTTP(w, r)
	}
	status := func(client string) (int, string) {
		w := httptest.NewRecorder()
		ask(w, client, "{ talks { totalCount } }")
		return w.Code, w.Body.String()
	}
	writing, goOn, ended := make(chan int), make(chan struct{}), make(chan *httptest.ResponseRecorder)
	unread := 0
	var all sync.WaitGroup
	for refused := false; !refused; {
		w := stalled{httptest.NewRecorder(), writing, goOn}
		all.Go(func() {
			ask(w, "127.0.0.1", aliases("long", "html", 45))
			select {
			case ended <- w.ResponseRecorder:
			case <-goOn:
			}
		})
		select {
		case n := <-writing:
			unread += n
			if unread >= 16<<20+n {
				t.Fatalf("%d bytes are unread", unread)
			}
		case w := <-ended:
			if refused = true; w.Code != http.StatusTooManyRequests || !strings.Contains(w.Body.String(), "has not read 16777216 bytes") {
				t.Errorf("it is refused with %d %.300s", w.Code, w.Body)
			}
		}
	}
	if unread < 16<<20 {
		t.Errorf("it is refused with %d bytes unread", unread)
	}
	if code, text := status("127.0.0.1"); code != http.StatusTooManyRequests {
		t.Errorf("a short answer to it is %d %s", code, text)
	}
	if code, text := status("192.0.2.7"); code != http.StatusOK {
		t.Errorf("another client is answered %d %s", code, text)
	}
	s.done(t, token, "updateTalk", "revision", map[string]any{"id": content.NewID("Talk", content.NamedKey("Talk", "short")), "body": strings.Repeat("A *long* body.\n\n", 1000)})
	if name, _, data := stream.next(t); name != "closed" {
		t.Errorf("its live query is answered with %s %.200s", name, data)
	}
	close(goOn)
	all.Wait()
	if code, text := status("127.0.0.1"); code != http.StatusOK {
		t.Errorf("a client that has read its responses is answered %d %s", code, text)
	}
}

// TestUnreadResponsesAtOnce has a client that sends all its requests before it leaves any response unread: those that waited for
// their turn are refused when it comes.
func TestUnreadResponsesAtOnce(t *testing.T) {
	const each = 2 // so many operations of a client run at a time
	limits := graph.DefaultLimits()
	limits.Answer = 4 << 20
	s := longTexts(t, limits)
	s.store.Trace(nil) // it is for one reader
	h, err := graph.New(graph.Config{
		Reader: s.store, Log: s.store, Limits: limits, Load: graph.Load{Running: 8, PerClient: each, Waiting: 400, Wait: time.Minute},
		Version: "test", Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	writing, goOn, ended := make(chan int), make(chan struct{}), make(chan int)
	var all sync.WaitGroup
	const requests = 40
	for range requests {
		all.Go(func() {
			w := stalled{httptest.NewRecorder(), writing, goOn}
			r := httptest.NewRequest(http.MethodGet, "/graphql?query="+url.QueryEscape(aliases("long", "html", 45)), http.NoBody)
			h.ServeHTTP(w, r)
			select {
			case ended <- w.Code:
			case <-goOn:
			}
		})
	}
	unread, longest, refused := 0, 0, 0
	for range requests {
		select {
		case n := <-writing:
			unread, longest = unread+n, max(longest, n)
		case code := <-ended:
			if refused++; code != http.StatusTooManyRequests {
				t.Errorf("it is refused with %d", code)
			}
		}
	}
	if most := 16<<20 + each*longest; refused == 0 || unread > most {
		t.Errorf("%d bytes are unread, more than %d; %d requests were refused", unread, most, refused)
	}
	close(goOn)
	all.Wait()
}
