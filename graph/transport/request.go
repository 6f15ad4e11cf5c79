package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/graph/operation"
	"parley/internal/escape"
)

// refusal is a request that is not executed, and the status that says why.
type refusal struct {
	status  int
	message string
	// details are the extensions beside the code; with some of them, a limit was exceeded.
	details map[string]any
}

// Error returns the message.
func (r *refusal) Error() string { return r.message }

// fault is the refusal as an error of GraphQL.
func (r *refusal) fault() *gqlerror.Error {
	e := gqlerror.Errorf("%s", r.message)
	if r.details == nil {
		return operation.WithCode(e, "BAD_REQUEST")
	}
	e.Extensions = r.details
	return operation.WithCode(e, "LIMIT_EXCEEDED")
}

func refuse(status int, format string, args ...any) error {
	return &refusal{status: status, message: fmt.Sprintf(format, args...)}
}

// decode reads a request as GraphQL over HTTP has it: GET with parameters, POST with a JSON body. Errors are of type
// *refusal; nothing of the body is in it.
func (s *Handler) decode(w http.ResponseWriter, r *http.Request, body []byte) (operation.Request, error) {
	params := r.URL.Query()
	var req operation.Request
	var err error
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		req, err = s.decodeParams(params)
	case http.MethodPost:
		req, err = s.decodeJSON(body)
	}
	if err != nil {
		return req, err
	}
	// The server bounds the time of reading; what follows takes as long as it may.
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	req.Locales, req.Safe, req.Size = operation.LocalesOf(params), r.Method != http.MethodPost, len(r.URL.RawQuery)+len(body)
	if !req.HasDocument() {
		return req, refuse(http.StatusBadRequest, `query is missing: send something like {"query": "{ talks { nodes { title } } }"}`)
	}
	return req, nil
}

func (s *Handler) decodeParams(params url.Values) (operation.Request, error) {
	req := operation.Request{Query: params.Get("query"), OperationName: params.Get("operationName"), DocumentID: params.Get("documentId")}
	for name, into := range map[string]*map[string]any{"variables": &req.Variables, "extensions": &req.Extensions} {
		if text := params.Get(name); text != "" {
			object, err := decodeObject([]byte(text), s.Limits.Values)
			switch {
			case err == nil || strings.TrimSpace(text) == "null":
			case !errors.Is(err, errNoObject):
				return req, err
			case escape.LoneSurrogate(text) >= 0:
				return req, refuse(http.StatusBadRequest, "the parameter %s has "+operation.LoneSurrogate, name)
			default:
				return req, refuse(http.StatusBadRequest, "the parameter %s is not a JSON object", name)
			}
			*into = object
		}
	}
	if !utf8.ValidString(req.Query) {
		return req, refuse(http.StatusBadRequest, "the parameter query is not valid UTF-8")
	}
	return req, nil
}

// body reads the body of a POST; of other methods it is ignored. Errors are of type *refusal.
func (s *Handler) body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return nil, nil
	case http.MethodPost:
	default:
		return nil, refuse(http.StatusMethodNotAllowed, "use GET or POST")
	}
	if err := takesMedia(r.Header.Get("Content-Type")); err != nil {
		return nil, err
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return nil, refuse(http.StatusUnsupportedMediaType, "send the body without a Content-Encoding")
	}
	room := bytes.MinRead + max(0, min(r.ContentLength, 16<<10)) // what is said to come, as far as it is worth believing
	b := bytes.NewBuffer(make([]byte, 0, room))
	if _, err := b.ReadFrom(http.MaxBytesReader(w, r.Body, int64(s.Limits.Body))); err != nil {
		return nil, s.unread(err)
	}
	body := b.Bytes()
	if !utf8.Valid(body) {
		return nil, refuse(http.StatusBadRequest, "the body is not valid UTF-8")
	}
	if bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")) {
		return nil, refuse(http.StatusBadRequest, "batches are not supported: send one operation per request")
	}
	return body, nil
}

// takesMedia refuses a body of another media type than JSON in UTF-8.
func takesMedia(header string) error {
	if header == "application/json" {
		return nil
	}
	media, params, err := mime.ParseMediaType(header)
	if err != nil || media != "application/json" {
		return refuse(http.StatusUnsupportedMediaType, "send the body as Content-Type: application/json")
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return refuse(http.StatusUnsupportedMediaType, "send the body in UTF-8; %.20q is not supported", charset)
	}
	return nil
}

// unread is the refusal of a body that was not read to its end.
func (s *Handler) unread(err error) error {
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	switch {
	case tooLarge:
		return &refusal{
			http.StatusRequestEntityTooLarge, fmt.Sprintf("the body has more than %d bytes (limit body): send several operations, or a document that the server knows by its hash", s.Limits.Body),
			map[string]any{"limit": s.Limits.Body, "value": s.Limits.Body + 1, "limitName": "body"},
		}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &refusal{
			http.StatusRequestTimeout, fmt.Sprintf("the body took longer than %s to arrive (limit read-time): send it again, at once or in parts", s.Limits.ReadTime),
			map[string]any{"limit": s.Limits.ReadTime.String(), "value": s.Limits.ReadTime.String(), "limitName": "read-time"},
		}
	default:
		return refuse(http.StatusBadRequest, "the body was cut off")
	}
}

// decodeJSON reads the JSON object of a request. Its members are case-sensitive, and unknown ones are ignored.
func (s *Handler) decodeJSON(body []byte) (operation.Request, error) {
	var req operation.Request
	members, err := decodeObject(body, s.Limits.Values)
	switch {
	case err == nil:
	case !errors.Is(err, errNoObject):
		return req, err
	case escape.LoneSurrogate(string(body)) >= 0:
		return req, refuse(http.StatusBadRequest, "the body has "+operation.LoneSurrogate)
	default:
		return req, refuse(http.StatusBadRequest, `the body is no JSON object like {"query": "{ talks { nodes { title } } }"}`)
	}
	wrong := ""
	switch {
	case !member(members, "query", &req.Query):
		wrong = "query"
	case !member(members, "operationName", &req.OperationName):
		wrong = "operationName"
	case !member(members, "documentId", &req.DocumentID):
		wrong = "documentId"
	case !member(members, "variables", &req.Variables):
		wrong = "variables"
	case !member(members, "extensions", &req.Extensions):
		wrong = "extensions"
	}
	if wrong != "" {
		return req, refuse(http.StatusBadRequest, "%s in the body has the wrong type", wrong)
	}
	return req, nil
}

// member reads a member of an object, where it has it and it is not null, and reports whether it has the right type.
func member[T any](members map[string]any, name string, into *T) bool {
	v := members[name]
	if v == nil {
		return true
	}
	t, ok := v.(T)
	*into = t
	return ok
}

// Unmarshal reads one JSON value, with numbers as they are written, and nothing after it.
func Unmarshal(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("decode JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more data after the JSON value")
	}
	return nil
}
