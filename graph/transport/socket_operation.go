package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/graph/operation"
	"parley/internal/crash"
	"parley/internal/requestlog"
)

// errGone ends an operation whose client takes nothing any more.
var errGone = errors.New("the client disconnected")

// take does what a message asks. A code other than 0 closes the socket, for the reason.
func (k *socket) take(m socketMessage) (code websocket.StatusCode, reason string) {
	switch m.kind {
	case "connection_init":
		return k.init(m)
	case "ping":
		if m.payload == nil {
			k.send([]byte(`{"type":"pong"}`))
		} else {
			k.send(fmt.Appendf(nil, `{"type":"pong","payload":%s}`, m.payload))
		}
	case "subscribe":
		return k.subscribe(m)
	case "complete":
		k.mu.Lock()
		defer k.mu.Unlock()
		if op := k.operations[m.id]; op != nil {
			op.cancel()
			delete(k.operations, m.id)
		}
	}
	return 0, ""
}

// init acknowledges a connection without a token, or with a valid one: that of the payload, else that of the header.
func (k *socket) init(m socketMessage) (code websocket.StatusCode, reason string) {
	if k.acknowledged.Load() {
		return closeTooManyInits, "Too many initialisation requests"
	}
	if fault := k.server.sameRecord(m.record()); fault != nil {
		return closeRecordChanged, "Record changed: read it again"
	}
	if token := m.token(); token != "" {
		k.token = token
	}
	if k.token != "" {
		if k.server.Authenticator == nil {
			return closeForbidden, "Forbidden: this service does not accept tokens"
		}
		who, err := k.server.Authenticator.Authenticate(k.ctx, k.token)
		if err != nil {
			return closeForbidden, "Forbidden: " + k.server.Executor.Present(k.ctx, err).Message
		}
		k.base.Who = who
		context.AfterFunc(k.ctx, crash.Logged(k.ctx, k.server.Logger, "closing a WebSocket", k.server.tokens.join(who.Token, k.forbid)))
	}
	k.acknowledged.Store(true)
	k.send([]byte(`{"type":"connection_ack"}`))
	return 0, ""
}

// forbid ends the operations and closes the socket: its token is not good any more.
func (k *socket) forbid() {
	k.mu.Lock()
	k.ending = true
	for _, op := range k.operations {
		op.cancel()
	}
	clear(k.operations) // nothing more is said of them
	k.mu.Unlock()
	k.close(closeForbidden, "Forbidden: "+k.server.Executor.Present(k.ctx, k.server.whyEnded(k.ctx, k.token)).Message)
}

// subscribe begins an operation, of any kind.
func (k *socket) subscribe(m socketMessage) (code websocket.StatusCode, reason string) {
	if !k.acknowledged.Load() {
		return closeUnauthorized, "Unauthorized: connection_init comes first"
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ending {
		return 0, "" // the socket is about to be closed
	}
	if k.operations[m.id] != nil {
		return closeDuplicate, "Subscriber for " + m.id + " already exists"
	}
	if most := k.server.Live.Operations; len(k.operations) >= most {
		err := gqlerror.Errorf("this socket has %d operations, which is the most at a time (limit live-operations): complete some, or open another", most)
		err.Extensions = map[string]any{"limit": most, "value": most + 1, "limitName": "live-operations"}
		err = operation.WithCode(err, "LIMIT_EXCEEDED")
		k.send(answerMessage("error", m.id, operation.ErrorsJSON(gqlerror.List{err})))
		return 0, ""
	}
	done, fault := k.server.Conns.stream(k.base.Client())
	if fault != nil {
		k.send(answerMessage("error", m.id, operation.ErrorsJSON(gqlerror.List{fault})))
		return 0, ""
	}
	ctx, cancel := context.WithCancel(k.ctx)
	op := &runningOperation{cancel}
	k.operations[m.id] = op
	m.request.Locales, m.request.Who, m.request.Token = k.base.Locales, k.base.Who, k.token
	m.request.Address = k.base.Address
	k.running.Go(k.contained(func() {
		defer done()
		defer cancel()
		if err := crash.Call(func() { k.operate(ctx, m, op) }); err != nil {
			k.end(m.id, op, gqlerror.List{k.server.Executor.Present(ctx, err)}) //nolint:contextcheck // it sends to the client
		}
	}))
	return 0, ""
}

// operate answers an operation until it is over.
func (k *socket) operate(ctx context.Context, m socketMessage, op *runningOperation) {
	ctx, noted := requestlog.Part(ctx, socketProtocol)
	status, sent := http.StatusOK, int64(0)
	defer func() { noted(status, sent) }()
	over, errs := k.charged(ctx, &m.request, func(_ string, body []byte) error {
		sent += int64(len(body))
		if k.server.backlog.exceeded(m.request.Client()) {
			k.close(websocket.StatusTryAgainLater, "The client does not read its responses")
			return errUnread
		}
		defer k.server.backlog.begin(m.request.Client(), body)()
		if ctx.Err() != nil || !k.send(answerMessage("next", m.id, body)) { //nolint:contextcheck // a message is written whole
			return errGone
		}
		return nil
	})
	if len(errs) > 0 {
		noteErrors(ctx, errs)
		status = statusOf(mediaGraphQL, errs)
	}
	if over {
		k.end(m.id, op, errs) //nolint:contextcheck // it sends to the client
	}
}

// end sends the end of an operation, unless the client completed it or is gone: by complete, or by error where it was
// refused. The id is free before the client hears it.
func (k *socket) end(id string, op *runningOperation, errs gqlerror.List) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.operations[id] != op || k.ctx.Err() != nil {
		return
	}
	delete(k.operations, id)
	if len(errs) > 0 {
		k.send(answerMessage("error", id, operation.ErrorsJSON(errs)))
		return
	}
	k.send(answerMessage("complete", id, nil))
}

// charged answers an operation as [server.streamed] does, once its client was charged 1 for it.
func (k *socket) charged(ctx context.Context, req *operation.Request, send func(id string, body []byte) error) (over bool, errs gqlerror.List) {
	if fault := k.server.Budgets.Of(nil, req).Charge(ctx, 1); fault != nil {
		return true, gqlerror.List{fault}
	}
	if fault := k.server.backlog.fault(req.Client()); fault != nil {
		return true, gqlerror.List{fault}
	}
	return k.server.Executor.Stream(ctx, req, send)
}
