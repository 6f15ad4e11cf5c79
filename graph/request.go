package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"parley/content"
)

// request is a GraphQL request, however it came.
type request struct {
	Query         string         `json:"query"`
	OperationName string         `json:"operationName"`
	Variables     map[string]any `json:"variables"`
	Extensions    map[string]any `json:"extensions"`
	// Locales are those of the query parameter, best first.
	Locales []string `json:"-"`
	// Who sends it.
	Who content.Identity `json:"-"`
}

// refusal is a request that is not executed, and the status that says why.
type refusal struct {
	status  int
	message string
}

// Error returns the message.
func (r *refusal) Error() string { return r.message }

func refuse(status int, format string, args ...any) error {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

// decode reads a request as GraphQL over HTTP has it: GET with parameters, POST with a JSON body. What is wrong is a
// *refusal; nothing of the body is in it.
func decode(r *http.Request) (request, error) {
	params := r.URL.Query()
	var req request
	var err error
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		req, err = decodeParams(params)
	case http.MethodPost:
		req, err = decodeBody(r)
	default:
		return req, refuse(http.StatusMethodNotAllowed, "use GET or POST")
	}
	if err != nil {
		return req, err
	}
	if list := params.Get("locales"); list != "" {
		req.Locales = strings.Split(list, ",")
	}
	if req.Query == "" {
		return req, refuse(http.StatusBadRequest, `query is missing: send something like {"query": "{ talks { nodes { title } } }"}`)
	}
	return req, nil
}

func decodeParams(params url.Values) (request, error) {
	req := request{Query: params.Get("query"), OperationName: params.Get("operationName")}
	for name, into := range map[string]*map[string]any{"variables": &req.Variables, "extensions": &req.Extensions} {
		if text := params.Get(name); text != "" {
			if err := unmarshal([]byte(text), into); err != nil {
				return req, refuse(http.StatusBadRequest, "the parameter %s is no JSON object", name)
			}
		}
	}
	if !utf8.ValidString(req.Query) {
		return req, refuse(http.StatusBadRequest, "the parameter query is no valid UTF-8")
	}
	return req, nil
}

func decodeBody(r *http.Request) (request, error) {
	var req request
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/json" {
		return req, refuse(http.StatusUnsupportedMediaType, "send the body as Content-Type: application/json")
	}
	if charset := params["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return req, refuse(http.StatusUnsupportedMediaType, "send the body in UTF-8; %.20q is not read", charset)
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return req, refuse(http.StatusUnsupportedMediaType, "send the body as it is, without a Content-Encoding")
	}
	body, err := io.ReadAll(r.Body)
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return req, refuse(http.StatusRequestEntityTooLarge, "the body has more than %d bytes", tooLarge.Limit)
	}
	if err != nil {
		return req, refuse(http.StatusBadRequest, "the body broke off")
	}
	if !utf8.Valid(body) {
		return req, refuse(http.StatusBadRequest, "the body is no valid UTF-8")
	}
	if bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")) {
		return req, refuse(http.StatusBadRequest, "batches are not answered: send one operation a request")
	}
	if err := unmarshal(body, &req); err != nil {
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && wrong.Field != "" {
			return req, refuse(http.StatusBadRequest, "%.40s in the body has the wrong type", wrong.Field)
		}
		return req, refuse(http.StatusBadRequest, `the body is no JSON object like {"query": "{ talks { nodes { title } } }"}`)
	}
	return req, nil
}

// unmarshal reads one JSON value, with numbers as they are written, and nothing after it.
func unmarshal(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("decode JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more follows the JSON value")
	}
	return nil
}
