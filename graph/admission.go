package graph

import (
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Load bounds how much runs at a time.
type Load struct {
	Running int           `default:"32" env:"PARLEY_MAX_RUNNING" help:"Most operations that run at a time."`
	Waiting int           `default:"128" env:"PARLEY_MAX_WAITING" help:"Most operations that wait for their turn."`
	Wait    time.Duration `default:"1s" env:"PARLEY_MAX_WAIT" help:"Longest time that an operation waits for its turn."`
}

// DefaultLoad is the bound where none is given.
func DefaultLoad() Load { return Load{Running: 32, Waiting: 128, Wait: time.Second} }

// client names who pays for a request: the holder of a token, or else an address, for IPv6 with all of its network.
func (req request) client() string {
	if req.Who.Token != 0 {
		return "token " + strconv.FormatInt(req.Who.Token, 10)
	}
	at, err := netip.ParseAddrPort(req.address)
	if err != nil {
		return req.address
	}
	addr := at.Addr().Unmap().WithZone("")
	if addr.Is6() {
		if network, err := addr.Prefix(64); err == nil {
			return network.String()
		}
	}
	return addr.String()
}

// charge takes a price from the budget of who sends a request, and says in the header how the client stands. It returns
// the refusal where nothing is left. Without budgets, everything is free.
func (s *server) charge(h http.Header, req request, price int) *gqlerror.Error {
	if s.Rates == nil || price <= 0 {
		return nil
	}
	st := s.Rates.Charge(req.client(), price)
	wait := int(math.Ceil(st.Wait.Seconds()))
	if h != nil {
		h.Set("RateLimit-Policy", fmt.Sprintf(`"cost";q=%d;w=%d`, st.Limit, int(st.Per.Seconds())))
		h.Set("RateLimit", fmt.Sprintf(`"cost";r=%d;t=%d`, st.Left, wait))
	}
	if st.Wait == 0 {
		return nil
	}
	e := gqlerror.Errorf("you asked for more than the budget of a client: it is a cost of %d in %s (--rate-limit); ask again in %s", st.Limit, st.Per, time.Duration(wait)*time.Second)
	e.Extensions = map[string]any{"limit": st.Limit, "flag": "--rate-limit", "retryAfter": wait}
	return coded(e, "RATE_LIMITED")
}

// busy is the refusal of an operation that was not let in.
func (s *server) busy() *gqlerror.Error {
	e := gqlerror.Errorf("the service is busy: %d operations run (--max-running) and %d wait (--max-waiting); ask again in a second", s.Load.Running, s.Load.Waiting)
	e.Extensions = map[string]any{"retryAfter": 1}
	return coded(e, "UNAVAILABLE")
}
