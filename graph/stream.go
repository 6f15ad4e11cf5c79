package graph

import (
	"context"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/graph/cache"
	"parley/graph/live"
	"parley/graph/operation"
	"parley/graph/transport"
	"parley/internal/crash"
	"parley/internal/requestlog"
)

// Stream prepares an operation and answers it as often as it has an answer, each by send, whose error ends it. It
// reports whether the operation completed, and its errors where it is refused.
func (s *server) Stream(ctx context.Context, req *operation.Request, send func(id string, body []byte) error) (over bool, errs gqlerror.List) {
	defer func() {
		if v := recover(); v != nil {
			over, errs = true, gqlerror.List{s.Present(ctx, crash.Recovered(v))}
		}
	}()
	goOn, errs := s.begin(ctx, req, send)
	if goOn == nil {
		return true, errs
	}
	if fault := goOn(); fault != nil {
		return true, gqlerror.List{fault}
	}
	return false, nil
}

// begin answers an operation that has one answer. For one that has more it returns what sends them; by then nothing is
// left on the stack of what it took to get there, since thousands may wait.
func (s *server) begin(ctx context.Context, from *operation.Request, send func(id string, body []byte) error) (goOn func() *gqlerror.Error, errs gqlerror.List) {
	req := *from
	b := s.budgets.Of(nil, &req)
	p, errs := s.Prepare(ctx, req, b)
	p.Note(ctx)
	if len(errs) > 0 {
		return nil, errs
	}
	streams := p.Definition.Operation == ast.Subscription || p.Definition.Directives.ForName("live") != nil
	if streams && req.Size > maxStreamed {
		return nil, gqlerror.List{tooLongToStream(req.Size)}
	}
	by := live.Listener{Token: req.Token, Client: req.Client()}
	switch {
	case p.Definition.Operation == ast.Subscription:
		transport.NoteStreamed(ctx)
		f, at, begun, err := s.subscribe(ctx, req, p)
		if err != nil {
			return nil, gqlerror.List{s.Present(ctx, err)}
		}
		return func() *gqlerror.Error { return f.Follow(ctx, by, at, begun, send) }, nil
	case p.Definition.Directives.ForName("live") != nil:
		transport.NoteStreamed(ctx)
		f, err := s.hub.Attach(req, p, "", nil)
		if err != nil {
			return nil, gqlerror.List{s.Present(ctx, err)}
		}
		return func() *gqlerror.Error { return f.Repeat(ctx, by, send) }, nil
	}
	if err := s.CheckToken(ctx, req.Token); err != nil {
		return nil, gqlerror.List{s.Present(ctx, err)}
	}
	a, fault := s.Execute(ctx, req, p, b)
	if fault != nil {
		return nil, gqlerror.List{fault}
	}
	(&cache.Entry{Facts: a.Facts(p)}).Note(ctx, requestlog.Executed)
	_ = send("", a.Body())
	return nil, nil
}

// maxStreamed is the greatest size in bytes of a request for a stream: it is held as long as the stream.
const maxStreamed = 64 << 10

// tooLongToStream is the refusal of a request of so many bytes for a stream.
func tooLongToStream(size int) *gqlerror.Error {
	err := gqlerror.Errorf("a live request has at most %d bytes, and this one has %d: send the hash of the document in place of its text, and fewer variables", maxStreamed, size)
	err.Extensions = map[string]any{"limit": maxStreamed, "value": size}
	return operation.WithCode(err, "LIMIT_EXCEEDED")
}

// CheckToken returns an error once the token of the request is revoked or expired.
func (s *server) CheckToken(ctx context.Context, token string) error {
	if token == "" {
		return nil
	}
	_, err := s.Authenticator.Authenticate(ctx, token)
	return err
}
