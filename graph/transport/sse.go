package transport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
	"parley/graph/operation"
	"parley/internal/crash"
)

// mediaStream is the media type of server-sent events.
const mediaStream = "text/event-stream"

// sse answers an operation as GraphQL over SSE has it, in the mode of distinct connections: an event next for each
// answer, with an id where one can resume by it, then complete. A refused operation is a next with errors.
func (s *Handler) sse(w http.ResponseWriter, r *http.Request, req operation.Request) {
	done, fault := s.Conns.connect(req.Client())
	if fault != nil {
		s.Refuse(w, r, MediaJSON, fault)
		return
	}
	defer done()
	h := w.Header()
	h.Set("Content-Type", mediaStream+"; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	o := &eventWriter{w: w, control: http.NewResponseController(w), now: s.Now, timeout: s.Live.Write, cancel: cancel, backlog: s.backlog, client: req.Client()}
	_ = o.control.SetReadDeadline(time.Time{}) // that of the server is for the request alone
	defer o.close()
	o.keepAlive(ctx, s.Logger, s.Live.KeepAlive)
	req.LastEventID, req.Token = r.Header.Get("Last-Event-Id"), bearer(r.Header.Get("Authorization"))
	var over bool
	var errs gqlerror.List
	ctx, forbid := context.WithCancelCause(ctx)
	defer forbid(nil)
	defer s.tokens.join(req.Who.Token, func() { forbid(errForbidden) })() //nolint:contextcheck // the watch serves others too
	ended := make(chan struct{})
	go crash.Logged(ctx, s.Logger, "an event stream", func() { // on its own stack, which is small while it waits
		defer close(ended)
		over, errs = s.Executor.Stream(ctx, &req, o.next)
	})()
	<-ended
	if errors.Is(context.Cause(ctx), errForbidden) {
		over, errs = true, gqlerror.List{s.Executor.Present(ctx, s.whyEnded(context.WithoutCancel(ctx), req.Token))}
	}
	if len(errs) > 0 {
		_ = o.next("", fmt.Appendf(nil, `{"errors":%s}`, operation.ErrorsJSON(errs)))
	}
	if over { // else the client is to come back
		_ = o.put([]byte("event: complete\ndata:\n\n"))
	}
}

// errForbidden ends a stream whose token is not good any more.
var errForbidden = errors.New("the token is no longer valid")

// errUnread ends a stream of a client that has left too many bytes of its responses unread.
var errUnread = errors.New("the client does not read its responses")

// whyEnded returns why a token is no longer valid.
func (s *Handler) whyEnded(ctx context.Context, token string) error {
	if _, err := s.Authenticator.Authenticate(ctx, token); err != nil {
		return err
	}
	return content.Errorf(content.Unauthenticated, "this token is no longer valid")
}

// eventWriter writes server-sent events. A reader that does not take them in time is cut off.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	now     func() time.Time
	timeout time.Duration
	cancel  context.CancelFunc
	backlog *backlog
	client  string
	mu      sync.Mutex
	closed  bool // whether the handler has returned: the writer is not its own any more
}

// next writes an answer.
func (o *eventWriter) next(id string, body []byte) error {
	if id != "" {
		id = "id: " + id + "\n"
	}
	if o.backlog.exceeded(o.client) {
		o.cancel()
		return errUnread
	}
	defer o.backlog.begin(o.client, body)()
	return o.put([]byte(id+"event: next\ndata: "), body, []byte("\n\n")) // the body is that of other streams too
}

// keepAlive writes a comment, and one more whenever so long has passed, until ctx ends.
func (o *eventWriter) keepAlive(ctx context.Context, log *slog.Logger, every time.Duration) {
	var tick *time.Timer
	started := make(chan struct{})
	tick = time.AfterFunc(every, crash.Logged(ctx, log, "the timer of an event stream", func() {
		<-started
		if ctx.Err() == nil && o.put([]byte(":\n\n")) == nil {
			tick.Reset(every)
		}
	}))
	close(started)
	context.AfterFunc(ctx, func() { tick.Stop() })
	_ = o.put([]byte(":\n\n"))
}

// close ends the writing.
func (o *eventWriter) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
}

// put writes the parts at once.
func (o *eventWriter) put(parts ...[]byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return errGone
	}
	err := o.control.SetWriteDeadline(o.now().Add(o.timeout))
	for _, part := range parts {
		if err == nil {
			_, err = o.w.Write(part)
		}
	}
	if err == nil {
		err = o.control.Flush()
	}
	if err == nil {
		err = o.control.SetWriteDeadline(time.Time{}) // HTTP/2 ends a stream whose deadline passes while nothing is written
	}
	if err != nil {
		o.cancel()
		return fmt.Errorf("write an event: %w", err)
	}
	return nil
}
