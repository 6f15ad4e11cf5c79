package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parley/content"
)

// message is what is sent: its type, its time and what happened.
type message struct {
	id        string
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      data      `json:"data"`
}

// data is a page of changes.
type data struct {
	// RecordID is the id of the record that the revisions are numbers in.
	RecordID string           `json:"recordId,omitempty"`
	Revision content.Revision `json:"revision"`
	Changes  []change         `json:"changes"`
}

// change is one change of an item. Receivers query its values over GraphQL, by its id.
type change struct {
	Revision      content.Revision `json:"revision"`
	At            time.Time        `json:"at"`
	Op            string           `json:"op"`
	NodeID        content.ID       `json:"nodeId"`
	ContentType   string           `json:"contentType"`
	ChangedFields []string         `json:"changedFields"`
}

// messageOf makes the message of a page. Its id is the same whenever the page is sent.
func messageOf(h content.Webhook, page content.ChangePage) message {
	first, last := page.Changes[0], page.Changes[len(page.Changes)-1]
	m := message{
		id:   fmt.Sprintf("msg_%d_%s_%d_%s", h.Number, h.Position.Record, page.Until, content.NewID(first.Ref.Type, first.Ref.Key)),
		Type: "content.changed", Timestamp: last.At, Data: data{RecordID: h.Position.Record, Revision: page.Until, Changes: []change{}},
	}
	for _, c := range page.Changes {
		m.Data.Changes = append(m.Data.Changes, change{
			c.Revision, c.At, c.Op, content.NewID(c.Ref.Type, c.Ref.Key), strings.ToUpper(c.Ref.Type), append([]string{}, c.Fields...),
		})
	}
	return m
}

// gone is the answer of a receiver that wants no more.
const gone = http.StatusGone

// send sends a message and returns the status of the answer; anything but 2xx is an error too.
func send(ctx context.Context, c *http.Client, h content.Webhook, m message, now time.Time) (status int, err error) {
	key, err := keyOf(h.Secret)
	if err != nil {
		return 0, err
	}
	body, err := json.Marshal(m)
	if err != nil {
		return 0, fmt.Errorf("encode the message: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("create the request to %s: %w", h.Address(), withoutAddress(err))
	}
	timestamp := strconv.FormatInt(now.Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "parley")
	r.Header.Set("Webhook-Id", m.id)
	r.Header.Set("Webhook-Timestamp", timestamp)
	r.Header.Set("Webhook-Signature", sign(key, m.id, timestamp, body))
	res, err := c.Do(r)
	if err != nil {
		return 0, fmt.Errorf("send to %s: %w", h.Address(), withoutAddress(err))
	}
	defer res.Body.Close()                                       //nolint:errcheck // nothing of it is wanted
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the receiver may end its answer
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return res.StatusCode, fmt.Errorf("the receiver responded with %d %s", res.StatusCode, http.StatusText(res.StatusCode)) // not in its own words
	}
	return res.StatusCode, nil
}

// withoutAddress returns the cause of an error of package net/http without the whole address, which may hold secrets.
func withoutAddress(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

func revision(r content.Revision) string { return strconv.FormatInt(int64(r), 10) }
