package service

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"parley/internal/ratelimit"
)

// NetworkConfig is where the service listens, and to whom.
type NetworkConfig struct {
	Addr       string   `default:"127.0.0.1:8080" env:"PARLEY_ADDR" help:"Listen address."`
	TLSCert    string   `env:"PARLEY_TLS_CERT" type:"existingfile" and:"tls" help:"TLS certificate file (PEM). Reloaded when it changes."`
	TLSKey     string   `env:"PARLEY_TLS_KEY" type:"existingfile" and:"tls" help:"TLS key file (PEM)."`
	CORSOrigin []origin `name:"cors-origin" env:"PARLEY_CORS_ORIGIN" placeholder:"URL" help:"Allowed CORS origins, such as https://example.org; * allows all."`
	TrustProxy []subnet `env:"PARLEY_TRUST_PROXY" placeholder:"NETWORK" help:"Networks of trusted proxies, such as 10.0.0.0/8, whose X-Forwarded-For, X-Forwarded-Proto and Forwarded headers are used."`
	PublicURL  address  `name:"public-url" env:"PARLEY_PUBLIC_URL" placeholder:"URL" help:"Public URL of the service, such as https://example.org, for generated links."`
	RateLimit  *int64   `env:"PARLEY_RATE_LIMIT" placeholder:"COST" help:"Cost that a client may use per minute; 0 disables rate limiting. Defaults to 300000, which at a loopback address is logged but not enforced."`
}

// origin is where pages come from: scheme, host and perhaps a port, or * for all of them. The host may begin with *.
type origin string

// UnmarshalText reads an origin.
func (o *origin) UnmarshalText(text []byte) error {
	u, err := url.Parse(string(text))
	if string(text) != "*" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Scheme+"://"+u.Host != string(text)) {
		return fmt.Errorf("%.60q is not an origin: write it like https://example.org, without a path", text)
	}
	*o = origin(text)
	return nil
}

// address is where clients reach the service: a scheme and a host.
type address struct{ url *url.URL }

// UnmarshalText reads an address.
func (a *address) UnmarshalText(text []byte) error {
	u, err := url.Parse(strings.TrimSuffix(string(text), "/"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Scheme+"://"+u.Host != u.String() {
		return fmt.Errorf("%.60q is not a public URL: write it like https://example.org, without a path", text)
	}
	a.url = u
	return nil
}

// origins are the origins as texts.
func (n NetworkConfig) origins() []string {
	list := make([]string, len(n.CORSOrigin))
	for i, o := range n.CORSOrigin {
		list[i] = string(o)
	}
	return list
}

// subnet is a range of addresses, or a single one.
type subnet netip.Prefix

// UnmarshalText reads a network.
func (n *subnet) UnmarshalText(text []byte) error {
	p, err := netip.ParsePrefix(string(text))
	if a, single := netip.ParseAddr(string(text)); single == nil {
		p, err = a.Prefix(a.BitLen())
	}
	if err != nil {
		return fmt.Errorf("%.60q is not a network: write it like 10.0.0.0/8", text)
	}
	*n = subnet(p)
	return nil
}

// proxies are the networks that are trusted.
func (n NetworkConfig) proxies() []netip.Prefix {
	list := make([]netip.Prefix, len(n.TrustProxy))
	for i, p := range n.TrustProxy {
		list[i] = netip.Prefix(p)
	}
	return list
}

// DefaultRate is the budget of a client for a minute, in cost.
const DefaultRate = 300_000

// rates are the budgets of clients of a service that listens at that address, or nil where they are not limited. Budgets
// that are defaults are logged and not enforced at a loopback address.
func (n NetworkConfig) rates(at net.Addr) (rates *ratelimit.RateLimiter, watched bool) {
	limit := int64(DefaultRate)
	if n.RateLimit != nil {
		limit = *n.RateLimit
	} else if tcp, ok := at.(*net.TCPAddr); ok {
		watched = tcp.IP.IsLoopback()
	}
	if limit <= 0 {
		return nil, false
	}
	return ratelimit.NewRateLimiter(limit, time.Minute, time.Now), watched //nolint:forbidigo // the edge where the clock is read
}
