package transport

import (
	"sync"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/graph/operation"
)

const (
	// unreadAnswers is how many of the longest responses a client may leave unread.
	unreadAnswers = 4
	// shortBody is the size in bytes below which a body is not counted: the buffers of a connection take it.
	shortBody = 64 << 10
)

// backlog counts the bytes of the responses that are being written, for each client: a client that does not read them holds memory,
// also after its operations have left their slots.
type backlog struct {
	most    int // 0 is no bound
	mu      sync.Mutex
	clients map[string]int
}

// newBacklog returns a counter for responses of at most so many bytes; 0 is no bound.
func newBacklog(answer int) *backlog {
	return &backlog{most: unreadAnswers * answer, clients: map[string]int{}}
}

// begin counts a body that is about to be written to a client, also beyond the bound: done uncounts it.
func (u *backlog) begin(client string, body []byte) (done func()) {
	n := len(body)
	if u.most <= 0 || n < shortBody {
		return func() {}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.clients[client] += n
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.clients[client] -= n; u.clients[client] == 0 {
			delete(u.clients, client)
		}
	}
}

// exceeded reports whether a client has left as many bytes unread as it may.
func (u *backlog) exceeded(client string) bool {
	if u.most <= 0 {
		return false
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.clients[client] >= u.most
}

// fault returns the refusal of a client that has left as many bytes unread as it may, or nil.
func (u *backlog) fault(client string) *gqlerror.Error {
	if !u.exceeded(client) {
		return nil
	}
	e := gqlerror.Errorf("this client has not read %d bytes of its responses: read them, or close their connections, before you send another request", u.most)
	e.Extensions = map[string]any{"limit": u.most, "retryAfter": retryStream}
	return operation.WithCode(e, "RATE_LIMITED")
}
