package web

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestClientsBehindProxies(t *testing.T) {
	var got string
	h := forwarded([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
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
