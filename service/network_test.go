package service

import (
	"net"
	"testing"
)

func TestRatesByAddress(t *testing.T) {
	none, some := int64(0), int64(60)
	for _, c := range []struct {
		limit           *int64
		ip              net.IP
		limits, watched bool
	}{
		{nil, net.IPv4(192, 0, 2, 1), true, false},
		{nil, net.IPv4(127, 0, 0, 1), true, true},
		{&none, net.IPv4(192, 0, 2, 1), false, false},
		{&none, net.IPv4(127, 0, 0, 1), false, false},
		{&some, net.IPv4(127, 0, 0, 1), true, false},
	} {
		rates, watched := (NetworkConfig{RateLimit: c.limit}).rates(&net.TCPAddr{IP: c.ip})
		if (rates != nil) != c.limits || watched != c.watched {
			t.Errorf("at %s with %v: budgets %v, only watched %v", c.ip, c.limit, rates != nil, watched)
		}
	}
}

func TestNetworksThatAreRefused(t *testing.T) {
	for _, text := range []string{"10.0.0.0/33", "example.org", ""} {
		var n subnet
		if err := n.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken for a network", text)
		}
	}
}

func TestOriginsThatAreRefused(t *testing.T) {
	for _, text := range []string{"example.org", "https://example.org/", "ftp://example.org", ""} {
		var o origin
		if err := o.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken for an origin", text)
		}
	}
}
