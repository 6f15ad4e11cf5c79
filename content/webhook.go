package content

import (
	"net/url"
	"strings"
	"time"
)

// Webhook is an address to which changes are sent, as the public sees them.
type Webhook struct {
	Number int64
	URL    string
	// Types are the types whose changes it receives; nil is all of them.
	Types []*Type
	// Secret signs what is sent: "whsec_" and the key in base 64.
	Secret string
	// Private allows addresses of private networks, and http to them.
	Private bool
	Delivery
}

// Address is where the webhook sends to as it may be printed and logged: the scheme and the host. What follows, and who signs in
// there, are often secrets.
func (h Webhook) Address() string {
	u, err := url.Parse(h.URL)
	if err != nil || u.Host == "" {
		return "an address that cannot be parsed"
	}
	address := u.Scheme + "://" + u.Host
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		address += "/…"
	}
	return PrintableLine(address)
}

// Delivery is how far a webhook is.
type Delivery struct {
	Position LogPosition
	// Failures counts the attempts that failed since FailingSince; the next is made at Next.
	Failures           int
	FailingSince, Next time.Time
	Disabled           bool
	// Note is what the last attempt came to.
	Note string
}

// LogPosition says how far the log was followed: all up to After and, where Until is not 0, of what leads from there up
// to Until all up to From.
type LogPosition struct {
	// Record is the id of the record whose log it is; empty where it was kept before records had ids.
	Record string         `json:"record,omitempty"`
	After  Revision       `json:"after"`
	Until  Revision       `json:"until,omitempty"`
	From   ChangePosition `json:"from,omitzero"`
}

// Behind is the position behind a page that was read from p.
func (p LogPosition) Behind(page ChangePage) LogPosition {
	if page.More {
		return LogPosition{p.Record, p.After, page.Until, page.Last}
	}
	return LogPosition{Record: p.Record, After: page.Until}
}
