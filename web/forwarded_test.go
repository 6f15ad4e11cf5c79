package web

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"testing"
)

func TestClientsBehindProxies(t *testing.T) {
	var got string
	h := forwarded([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}, nil, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = r.RemoteAddr
	}))
	for _, c := range []struct {
		peer string
		said []string
		want string
	}{
		{"10.1.2.3:80", []string{"198.51.100.7"}, "198.51.100.7:0"},
		{"10.1.2.3:80", []string{"203.0.113.9, 198.51.100.7, 10.9.9.9"}, "198.51.100.7:0"},
		{"10.1.2.3:80", []string{"203.0.113.9", "198.51.100.7"}, "198.51.100.7:0"},
		{"10.1.2.3:80", []string{"203.0.113.9, nonsense, 10.9.9.9"}, "10.9.9.9:0"},
		{"10.1.2.3:80", []string{"nonsense"}, "10.1.2.3:0"},
		{"10.1.2.3:80", nil, "10.1.2.3:0"},
		{"[fd00::1]:80", []string{"2001:db8::1"}, "[2001:db8::1]:0"},
		{"[::ffff:10.1.2.3]:80", []string{"198.51.100.7"}, "198.51.100.7:0"},
		{"192.0.2.1:80", []string{"198.51.100.7"}, "192.0.2.1:80"}, // nobody trusts this one
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.RemoteAddr = c.peer
		r.Header["X-Forwarded-For"] = c.said
		h.ServeHTTP(httptest.NewRecorder(), r)
		if got != c.want {
			t.Errorf("%s with %q is %s, want %s", c.peer, c.said, got, c.want)
		}
	}
}

// TestPublicAddress: the scheme and host that a client used are those that trusted proxies tell, or the public address.
func TestPublicAddress(t *testing.T) {
	for _, c := range []struct {
		peer   string
		header http.Header
		public string
		want   string // scheme, host and client
	}{
		{"10.1.2.3:80", http.Header{"X-Forwarded-Proto": {"https"}}, "", "https:// 10.1.2.3:0"},
		{"10.1.2.3:80", http.Header{"X-Forwarded-Proto": {"HTTPS"}, "X-Forwarded-For": {"198.51.100.7"}}, "", "https:// 198.51.100.7:0"},
		{"10.1.2.3:80", http.Header{"X-Forwarded-Proto": {"http, https, http"}, "X-Forwarded-For": {"203.0.113.9, 198.51.100.7, 10.9.9.9"}}, "", "https:// 198.51.100.7:0"},
		{"10.1.2.3:80", http.Header{"X-Forwarded-Proto": {"javascript"}}, "", ":// 10.1.2.3:0"},
		{"192.0.2.1:80", http.Header{"X-Forwarded-Proto": {"https"}}, "", ":// 192.0.2.1:80"},
		{"192.0.2.1:80", http.Header{"Forwarded": {"proto=https;host=evil.example"}}, "", ":// 192.0.2.1:80"},
		{"10.1.2.3:80", http.Header{"Forwarded": {`for=198.51.100.7;proto=https;host=parley.example`}}, "", "https://parley.example 198.51.100.7:0"},
		{"10.1.2.3:80", http.Header{"Forwarded": {`For="[2001:db8::1]:4711";Proto=https;host="parley.example:8443"`, "for=10.9.9.9;proto=http"}}, "", "https://parley.example:8443 [2001:db8::1]:0"},
		{"10.1.2.3:80", http.Header{"Forwarded": {`for=203.0.113.9;proto=http;host=evil.example, for=198.51.100.7:99;proto=https`}}, "", "https:// 198.51.100.7:0"},
		{"10.1.2.3:80", http.Header{"Forwarded": {`for=unknown;proto=https`}}, "", "https:// 10.1.2.3:0"},
		{"10.1.2.3:80", http.Header{"Forwarded": {`for=198.51.100.7;host="a b/c"`}}, "", ":// 198.51.100.7:0"},
		{"10.1.2.3:80", http.Header{"Forwarded": {`proto=http;host=evil.example`}, "X-Forwarded-Proto": {"https"}}, "", "https:// 10.1.2.3:0"},
		{"192.0.2.1:80", nil, "https://parley.example", "https://parley.example 192.0.2.1:80"},
		{"10.1.2.3:80", http.Header{"Forwarded": {`for=198.51.100.7;proto=http;host=other.example`}}, "https://parley.example", "https://parley.example 198.51.100.7:0"},
	} {
		var public *url.URL
		if c.public != "" {
			public, _ = url.Parse(c.public)
		}
		got := ""
		h := forwarded([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, public, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			got = r.URL.Scheme + "://" + r.URL.Host + " " + r.RemoteAddr
		}))
		r := httptest.NewRequest(http.MethodGet, "/feeds", http.NoBody)
		r.RemoteAddr, r.Header = c.peer, c.header
		h.ServeHTTP(httptest.NewRecorder(), r)
		if got != c.want {
			t.Errorf("%s with %v is %s, want %s", c.peer, c.header, got, c.want)
		}
	}
}
