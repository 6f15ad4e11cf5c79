package transport

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"parley/graph/operation"
	"parley/internal/escape"
)

// socketMessage is a message of graphql-transport-ws from a client.
type socketMessage struct {
	kind string
	id   string
	// payload is the object that came along, or nil.
	payload json.RawMessage
	// request is what subscribe asks for.
	request operation.Request
}

// Bounds of messages, in bytes. An id and the payload of a ping are sent back.
const (
	maxMessageID   = 250
	maxPingPayload = 1 << 10
)

// parseMessage reads a message, or returns a short description of its fault.
func (s *Handler) parseMessage(data []byte) (m socketMessage, wrong string) {
	var raw struct {
		Type    *string         `json:"type"`
		ID      any             `json:"id"`
		Payload json.RawMessage `json:"payload"`
	}
	if escape.LoneSurrogate(string(data)) >= 0 {
		return m, "it has half of a surrogate pair"
	}
	if !bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")) || Unmarshal(data, &raw) != nil || raw.Type == nil {
		return m, "it is not a JSON object with a type"
	}
	m.kind = *raw.Type
	if p := bytes.TrimSpace(raw.Payload); len(p) > 0 && !bytes.Equal(p, []byte("null")) {
		m.payload = p
	}
	switch m.kind {
	case "connection_init", "ping", "pong":
		if m.payload != nil && m.payload[0] != '{' {
			return m, "the payload of " + m.kind + " is not an object"
		}
		if m.kind != "connection_init" && len(m.payload) > maxPingPayload {
			return m, fmt.Sprintf("the payload of %s has more than %d bytes", m.kind, maxPingPayload)
		}
		return m, ""
	case "subscribe", "complete":
		var ok bool
		if m.id, ok = raw.ID.(string); !ok || m.id == "" {
			return m, "the id of " + m.kind + " is not a text, or is empty"
		}
		if len(m.id) > maxMessageID {
			return m, fmt.Sprintf("the id of %s has more than %d bytes", m.kind, maxMessageID)
		}
		if m.kind == "complete" {
			return m, ""
		}
		return m, m.subscribe(s)
	default:
		return m, fmt.Sprintf("clients cannot send %.40q", m.kind)
	}
}

// maxInitValues is how many values the payload of connection_init may have; of one with more nothing is read.
const maxInitValues = 1000

// token returns the token of connection_init: its member token, or Authorization as in the header; else the empty string.
func (m *socketMessage) token() string {
	p, err := decodeObject(m.payload, maxInitValues)
	if m.payload == nil || err != nil {
		return ""
	}
	if token, ok := p["token"].(string); ok {
		return token
	}
	for _, name := range []string{"Authorization", "authorization"} {
		if header, ok := p[name].(string); ok {
			return bearer(header)
		}
	}
	return ""
}

// record is the id of the record that connection_init names: its member record, or the header's name; else empty.
func (m *socketMessage) record() string {
	p, err := decodeObject(m.payload, maxInitValues)
	if m.payload == nil || err != nil {
		return ""
	}
	for _, name := range []string{"record", recordHeader, strings.ToLower(recordHeader)} {
		if id, ok := p[name].(string); ok {
			return id
		}
	}
	return ""
}

// bearer is the token of a header Authorization, or the header itself where it is of another form, which no token has.
func bearer(header string) string {
	if scheme, token, ok := strings.Cut(header, " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return header
}

// subscribe reads the payload of subscribe.
func (m *socketMessage) subscribe(s *Handler) (wrong string) {
	if m.payload == nil || m.payload[0] != '{' {
		return "the payload of subscribe is not an object"
	}
	var err error
	if m.request, err = s.decodeJSON(m.payload); err != nil {
		return strings.ReplaceAll(err.Error(), "the body", "the payload of subscribe")
	}
	m.request.Size = len(m.payload)
	if !m.request.HasDocument() {
		return "the payload of subscribe has no query"
	}
	return ""
}

// answerMessage is a message to the client about an operation; payload is JSON, or nil.
func answerMessage(kind, id string, payload []byte) []byte {
	name, err := json.Marshal(id)
	if err != nil { // texts can always be written
		return nil
	}
	b := make([]byte, 0, len(name)+len(payload)+48)
	b = append(b, `{"id":`...)
	b = append(b, name...)
	b = append(b, `,"type":"`...)
	b = append(b, kind...)
	b = append(b, '"')
	if payload != nil {
		b = append(b, `,"payload":`...)
		b = append(b, payload...)
	}
	return append(b, '}')
}
