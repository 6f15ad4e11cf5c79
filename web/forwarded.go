package web

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// forwarded gives a request the address of the client and the public address of the service. Where a proxy of the trusted
// networks sends it, they are what the proxies say in X-Forwarded-For and X-Forwarded-Proto or, without both, in
// Forwarded; other senders are not believed. RemoteAddr becomes the last address that does not belong to a proxy, and the scheme
// and host of URL those that the client used; they stay empty where no header says so. Public wins over both.
func forwarded(trusted []netip.Prefix, public *url.URL, next http.Handler) http.Handler {
	if len(trusted) == 0 && public == nil {
		return next
	}
	among := func(a netip.Addr) bool {
		return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		own, at := *r, *r.URL
		own.URL = &at
		if peer, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && among(peer.Addr().Unmap()) {
			client := clientOf(peer.Addr().Unmap(), hops(r.Header), among)
			own.RemoteAddr = netip.AddrPortFrom(client.addr, 0).String()
			at.Scheme, at.Host = client.scheme, client.host
		}
		if public != nil {
			at.Scheme, at.Host = public.Scheme, public.Host
		}
		next.ServeHTTP(w, &own)
	})
}

// hop is what a proxy says of who asked it: the address, the scheme and the host that was asked for, each where known.
type hop struct {
	addr         netip.Addr
	scheme, host string
}

// clientOf returns the first address, from the nearest proxy on, that does not belong to a proxy.
func clientOf(peer netip.Addr, list []hop, among func(netip.Addr) bool) hop {
	client := hop{addr: peer}
	for _, h := range slices.Backward(list) {
		if h.scheme != "" {
			client.scheme = h.scheme
		}
		if h.host != "" {
			client.host = h.host
		}
		if !h.addr.IsValid() {
			break // entries before it are not trusted
		}
		if client.addr = h.addr; !among(client.addr) {
			break
		}
	}
	return client
}

// hops returns what the proxies say, the nearest last.
func hops(h http.Header) []hop {
	named, schemes := listed(h, "X-Forwarded-For"), listed(h, "X-Forwarded-Proto")
	if len(named) == 0 && len(schemes) == 0 {
		return elements(strings.Join(h.Values("Forwarded"), ","))
	}
	list := make([]hop, max(1, len(named)))
	for i := range list {
		if i < len(named) {
			list[i].addr = addressOf(named[i])
		}
		if len(schemes) > 0 {
			at := len(schemes) - 1 // one for all proxies, or that of the nearest
			if len(schemes) == len(named) {
				at = i
			}
			list[i].scheme = schemeOf(schemes[at])
		}
	}
	return list
}

func listed(h http.Header, name string) []string {
	text := strings.Join(h.Values(name), ",")
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// elements reads the header Forwarded of RFC 7239.
func elements(text string) []hop {
	var list []hop
	for _, element := range cutOutside(text, ',') {
		var h hop
		for _, pair := range cutOutside(element, ';') {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			value = strings.Trim(value, `"`)
			switch strings.ToLower(name) {
			case "for":
				h.addr = addressOf(value)
			case "proto":
				h.scheme = schemeOf(value)
			case "host":
				if u, err := url.Parse("//" + value); err == nil && u.Host == value {
					h.host = value
				}
			}
		}
		list = append(list, h)
	}
	return list
}

// cutOutside cuts a text at a character outside quotation marks.
func cutOutside(text string, at rune) []string {
	quoted := false
	var parts []string
	begin := 0
	for i, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case r == at && !quoted:
			parts = append(parts, text[begin:i])
			begin = i + 1
		}
	}
	if text == "" {
		return nil
	}
	return append(parts, text[begin:])
}

// addressOf reads an address, with or without a port; it is not valid for other texts.
func addressOf(text string) netip.Addr {
	text = strings.TrimSpace(text)
	if a, err := netip.ParseAddrPort(text); err == nil {
		return a.Addr().Unmap()
	}
	a, _ := netip.ParseAddr(strings.Trim(text, "[]"))
	return a.Unmap()
}

// schemeOf is http or https, or empty.
func schemeOf(text string) string {
	if s := strings.ToLower(strings.TrimSpace(text)); s == "http" || s == "https" {
		return s
	}
	return ""
}
