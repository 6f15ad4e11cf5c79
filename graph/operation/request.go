package operation

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"parley/content"
)

// Request is a GraphQL request, however it came.
type Request struct {
	Query         string
	OperationName string
	DocumentID    string
	Variables     map[string]any
	Extensions    map[string]any
	// Locales are those of the query parameter, best first.
	Locales []string
	// Key names it among the answers that are kept; empty where its answer is not.
	Key string
	// Safe reports that it may change nothing, since it came by GET.
	Safe bool
	// Who is the principal that sends it.
	Who content.Principal
	// Token is the token of the request, for streams that may outlast its validity.
	Token string
	// LastEventID is the token of the last event that a reconnecting client received.
	LastEventID string
	// Address is where it comes from, with the port.
	Address string
	// Size is how many bytes it has, headers aside; Owed is what its body was charged.
	Size, Owed int

	client string // as Client returns it; empty before SetSender
}

// SetSender sets who sends a request and from which address.
func (r *Request) SetSender(who content.Principal, address string) {
	r.Who, r.Address, r.client = who, address, ""
	r.client = r.Client()
}

// SetSenderOf sets who sends a request as of another one.
func (r *Request) SetSenderOf(other *Request) {
	r.Who, r.Address, r.client = other.Who, other.Address, other.client
}

// HasDocument reports whether a request says or names what it asks.
func (r *Request) HasDocument() bool {
	return r.Query != "" || r.DocumentID != "" || r.Extensions["persistedQuery"] != nil
}

// Client names who pays for a request: the holder of a token, or else an address, for IPv6 with all of its network.
func (r *Request) Client() string {
	if r.client != "" {
		return r.client
	}
	if r.Who.Token != 0 {
		return "token " + strconv.FormatInt(r.Who.Token, 10)
	}
	at, err := netip.ParseAddrPort(r.Address)
	if err != nil {
		return r.Address
	}
	addr := at.Addr().Unmap().WithZone("")
	if addr.Is6() {
		if network, err := addr.Prefix(64); err == nil {
			return network.String()
		}
	}
	return addr.String()
}

// LocalesOf are the languages that the address names, best first.
func LocalesOf(params url.Values) []string {
	if list := params.Get("locales"); list != "" {
		return strings.Split(list, ",")
	}
	return nil
}
