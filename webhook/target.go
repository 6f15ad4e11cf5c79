package webhook

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"parley/content"
)

// timeout is how long a receiver may take for one message.
const timeout = 15 * time.Second

// Check refuses a webhook that cannot be used: its address is https, or http to this machine, and its secret has the
// form of the specification.
func Check(h content.Webhook) error {
	if _, err := keyOf(h.Secret); err != nil {
		return err
	}
	u, err := url.Parse(h.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("the argument is not the address of a webhook (%s): write it like https://example.org/hook", h.Address())
	case u.User != nil:
		return errors.New("an address with a password would appear in logs: messages are signed, and the receiver can verify the signature")
	case u.Scheme == "http" && !h.Private && !isLoopback(u.Hostname()):
		return fmt.Errorf("%s is not https: messages could be read in transit; use --allow-private to allow it in a private network", h.Address())
	}
	return nil
}

// isLoopback reports whether a name of a host means this machine.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// reserved are networks that are not reachable on the internet, besides those that netip knows.
func reserved() []netip.Prefix {
	var list []netip.Prefix
	for _, text := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001:db8::/32", "2002::/16",
	} {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

// isPublic reports whether an address is one of the internet.
func isPublic(ip netip.Addr) bool {
	ip = ip.Unmap()
	return ip.IsGlobalUnicast() && !ip.IsPrivate() && !slices.ContainsFunc(reserved(), func(p netip.Prefix) bool { return p.Contains(ip) })
}

// client sends the messages of a webhook. It looks at the address that a name led to before it connects, uses no proxy
// and follows no redirect.
func client(h content.Webhook) *http.Client {
	loopback := false
	if u, err := url.Parse(h.URL); err == nil {
		loopback = isLoopback(u.Hostname())
	}
	dialer := &net.Dialer{Timeout: timeout, ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("read the address: %w", err)
		}
		if ip := at.Addr(); h.Private || loopback && ip.Unmap().IsLoopback() || !loopback && isPublic(ip) {
			return nil
		}
		return fmt.Errorf("%s is an address in a private network: add the webhook with --allow-private to allow it", at.Addr())
	}}
	return &http.Client{
		Timeout:       timeout,
		Transport:     &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: timeout, DisableKeepAlives: true, MaxResponseHeaderBytes: 16 << 10},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
