package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// forwarded gives a request the address of the client where a proxy of the trusted networks sends it: the last address of
// X-Forwarded-For that is none of theirs. What others say there is not believed.
func forwarded(trusted []netip.Prefix, next http.Handler) http.Handler {
	if len(trusted) == 0 {
		return next
	}
	among := func(a netip.Addr) bool {
		return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		peer, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || !among(peer.Addr().Unmap()) {
			next.ServeHTTP(w, r)
			return
		}
		client := peer.Addr().Unmap()
		named := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, text := range slices.Backward(named) {
			a, err := netip.ParseAddr(strings.TrimSpace(text))
			if err != nil {
				break // whoever wrote it, what stands before it is not believed
			}
			if client = a.Unmap(); !among(client) {
				break
			}
		}
		own := *r
		own.RemoteAddr = netip.AddrPortFrom(client, 0).String()
		next.ServeHTTP(w, &own)
	})
}
