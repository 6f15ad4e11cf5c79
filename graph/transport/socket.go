package transport

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"parley/graph/operation"
	"parley/internal/crash"
)

const (
	// socketProtocol is the subprotocol of enisdenjo/graphql-ws.
	socketProtocol = "graphql-transport-ws"
	// maxSocketMessage is the greatest size of a message from a client, in bytes.
	maxSocketMessage = 256 << 10
	// maxReason is the greatest size of a reason to close, in bytes: a frame that closes has 125, two of them the code.
	maxReason = 122
)

// The codes by which the protocol closes.
const (
	closeBadRequest    websocket.StatusCode = 4400
	closeUnauthorized  websocket.StatusCode = 4401
	closeForbidden     websocket.StatusCode = 4403
	closeSubprotocol   websocket.StatusCode = 4406
	closeTimeout       websocket.StatusCode = 4408
	closeDuplicate     websocket.StatusCode = 4409
	closeRecordChanged websocket.StatusCode = 4412
	closeTooManyInits  websocket.StatusCode = 4429
)

// socket is a WebSocket that speaks graphql-transport-ws. One goroutine reads it, each operation writes to it.
type socket struct {
	server *Handler
	conn   *websocket.Conn
	// base is the request as the connection began, without an operation.
	base operation.Request
	// token is that of the header Authorization, or empty.
	token string
	// ctx is that of the upgrade, as long as the socket is open; cancel ends it.
	ctx    context.Context
	cancel context.CancelFunc
	// heard reports whether the client sent something since the last tick; quiet counts the ticks since it did.
	heard atomic.Bool
	quiet int
	// pinged reports whether the client was pinged since its last pong.
	pinged atomic.Bool
	// acknowledged reports whether connection_init was answered; the reader alone writes it.
	acknowledged atomic.Bool

	mu         sync.Mutex
	operations map[string]*runningOperation // by the client's id
	ending     bool                         // whether no more begin
	running    sync.WaitGroup
}

// runningOperation is one that is answered over a socket.
type runningOperation struct{ cancel context.CancelFunc }

// isUpgrade reports whether a request asks for a WebSocket.
func isUpgrade(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// socket opens a WebSocket, which is served on when it returns: the stack that led here is not kept. Pages of other
// origins are refused with 403 unless they are let in.
func (s *Handler) socket(w http.ResponseWriter, r *http.Request) {
	done, fault := s.Conns.connect((&operation.Request{Address: r.RemoteAddr}).Client())
	if fault != nil {
		s.Refuse(w, r, MediaJSON, fault)
		return
	}
	origins := s.Origins
	if r.URL.Host != "" { // the public one, which a proxy may have changed in Host
		origins = append(slices.Clip(origins), r.URL.Host)
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{socketProtocol}, OriginPatterns: origins})
	if err != nil {
		s.Logger.DebugContext(r.Context(), "the WebSocket handshake failed", slog.Any("error", err))
		done()
		return
	}
	NoteStreamed(r.Context())
	conn.SetReadLimit(maxSocketMessage)
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	k := &socket{server: s, conn: conn, base: operation.Request{Locales: operation.LocalesOf(r.URL.Query()), Address: r.RemoteAddr}, token: bearer(r.Header.Get("Authorization")), ctx: ctx, cancel: cancel, operations: map[string]*runningOperation{}}
	go k.contained(func() { //nolint:contextcheck // it has its own
		defer done()
		defer conn.CloseNow() //nolint:errcheck // it may be closed
		defer k.running.Wait()
		defer cancel()
		k.serve()
	})()
}

// contained returns f as the function of a goroutine or of a timer of the socket: a panic in it is logged and ends the socket,
// alone.
func (k *socket) contained(f func()) func() {
	return func() {
		if err := crash.Call(f); err != nil {
			crash.Log(k.ctx, k.server.Logger, "a WebSocket", err)
			k.cancel()
		}
	}
}

// serve takes messages until the socket is closed.
func (k *socket) serve() {
	if k.conn.Subprotocol() != socketProtocol {
		k.close(closeSubprotocol, "Subprotocol not acceptable: offer "+socketProtocol)
		return
	}
	k.watch()
	k.read()
}

// watch closes the socket of a client that does not begin or is not heard any more, and when the service ends.
func (k *socket) watch() {
	begun := time.AfterFunc(k.server.Live.Init, k.contained(func() {
		if !k.acknowledged.Load() {
			k.close(closeTimeout, "Connection initialisation timeout")
		}
	}))
	var tick *time.Timer
	ticking := make(chan struct{})
	tick = time.AfterFunc(k.server.Live.KeepAlive, k.contained(func() {
		<-ticking
		if k.ctx.Err() == nil {
			k.keepAlive()
			tick.Reset(k.server.Live.KeepAlive)
		}
	}))
	close(ticking)
	ended := context.AfterFunc(k.server.Conns.ctx, k.contained(k.drain))
	context.AfterFunc(k.ctx, k.contained(func() {
		begun.Stop()
		tick.Stop()
		ended()
	}))
}

// drain closes the socket after its operations.
func (k *socket) drain() {
	k.mu.Lock()
	k.ending = true
	k.mu.Unlock()
	k.running.Wait()
	k.close(websocket.StatusGoingAway, "The service ends")
}

// read takes messages until the socket is closed.
func (k *socket) read() {
	for {
		kind, data, err := k.conn.Read(k.ctx)
		if err != nil {
			return
		}
		k.heard.Store(true)
		if kind != websocket.MessageText || !utf8.Valid(data) {
			k.close(closeBadRequest, "Invalid message: send JSON as text in UTF-8")
			return
		}
		if !k.charge(len(data) / bodyPerUnit) {
			return
		}
		m, wrong := k.server.parseMessage(data)
		if wrong != "" {
			k.close(closeBadRequest, "Invalid message: "+wrong)
			return
		}
		if !k.charge(k.priceOf(m)) {
			return
		}
		m.request.Owed = len(data) / bodyPerUnit
		if code, reason := k.take(m); code != 0 {
			k.close(code, reason)
			return
		}
	}
}

// priceOf returns the charge of a message besides its size: 1, unless the service asked for it or it ends an operation. An operation is
// charged once it is known which.
func (k *socket) priceOf(m socketMessage) int {
	switch m.kind {
	case "connection_init", "subscribe":
		return 0
	case "pong":
		if k.pinged.Swap(false) {
			return 0
		}
	case "complete":
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.operations[m.id] != nil {
			return 0
		}
	}
	return 1
}

// charge takes a price from the budget of the client. Where nothing is left, it closes the socket and returns false.
func (k *socket) charge(price int) bool {
	if k.server.Budgets.Of(nil, &k.base).Charge(k.ctx, price) == nil {
		return true
	}
	k.close(websocket.StatusTryAgainLater, "The rate limit of this client is exceeded")
	return false
}

// keepAlive pings a client, and closes the socket of one that has said nothing at all for two ticks.
func (k *socket) keepAlive() {
	if k.quiet++; k.heard.Swap(false) {
		k.quiet = 0
	}
	if k.quiet == 2 {
		k.close(closeTimeout, "Nothing was heard, no pong either")
		return
	}
	if k.acknowledged.Load() {
		k.pinged.Store(true)
		k.send([]byte(`{"type":"ping"}`))
	}
}

// send writes a message. A client that does not read it in time is cut off.
func (k *socket) send(message []byte) bool {
	ctx, cancel := context.WithTimeout(k.ctx, k.server.Live.Write)
	defer cancel()
	return k.conn.Write(ctx, websocket.MessageText, message) == nil
}

// close sends the reason and closes the connection, once.
func (k *socket) close(code websocket.StatusCode, reason string) {
	if len(reason) > maxReason {
		reason = strings.ToValidUTF8(reason[:maxReason], "")
	}
	_ = k.conn.Close(code, reason)
}
