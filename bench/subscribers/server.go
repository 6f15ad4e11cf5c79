package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/coder/websocket"
)

// document is what the subscribers ask.
const document = "subscription { contentUpdates { next changes { revision at op node { id label ... on Source { title } } } } }"

// server is a parley process with its own database.
type server struct {
	dir, at, admin, token, source string
	cmd                           *exec.Cmd
	client                        *http.Client
}

// startServer builds and starts parley.
func startServer(ctx context.Context) (*server, error) {
	dir, err := os.MkdirTemp("", "parley-subscribers-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	s := &server{dir: dir, client: &http.Client{Transport: &http.Transport{MaxConnsPerHost: 0}}}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

func (s *server) start(ctx context.Context) error {
	binary, db := filepath.Join(s.dir, "parley"), filepath.Join(s.dir, "parley.db")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "parley").CombinedOutput(); err != nil { //nolint:gosec // our own
		return fmt.Errorf("build: %w: %s", err, out)
	}
	free, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("find a port: %w", err)
	}
	s.admin = free.Addr().String()
	if err := free.Close(); err != nil {
		return fmt.Errorf("find a port: %w", err)
	}
	s.cmd = exec.CommandContext(ctx, binary, "--addr", "127.0.0.1:0", "--admin-addr", s.admin, "--db", db, "--rate-limit", "0") //nolint:gosec // our own
	logs, err := s.cmd.StderrPipe()
	if err != nil {
		return fmt.Errorf("read its log: %w", err)
	}
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	lines := bufio.NewScanner(logs)
	for s.at == "" && lines.Scan() {
		if _, rest, ok := strings.Cut(lines.Text(), `"url":"`); ok {
			at, _, _ := strings.Cut(rest, `"`)
			s.at = at + "graphql"
		}
	}
	go func() { _, _ = io.Copy(io.Discard, logs) }()
	token, err := exec.CommandContext(ctx, binary, "token", "create", "--db", db, "--role", "admin", "--name", "bench").Output() //nolint:gosec // our own
	if err != nil {
		return fmt.Errorf("make a token: %w", err)
	}
	s.token = strings.TrimSpace(string(token))
	answer, err := s.ask(ctx, "{ sources(first: 1) { nodes { id } } }", nil)
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(answer, `"id":"`)
	s.source, _, _ = strings.Cut(rest, `"`)
	return nil
}

// stop ends the process and removes its folder.
func (s *server) stop() error {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
	return os.RemoveAll(s.dir)
}

// memory is what the process uses, in KiB: live is its heap and its stacks after a collection, resident what the machine
// gives it, with what is to be collected.
type memory struct{ live, resident int64 }

func (s *server) memory(ctx context.Context) (m memory, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.admin+"/debug/pprof/heap?gc=1&debug=1", http.NoBody)
	if err != nil {
		return m, fmt.Errorf("ask for its memory: %w", err)
	}
	if m.resident, err = s.resident(); err != nil {
		return m, err
	}
	res, err := s.client.Do(r)
	if err != nil {
		return m, fmt.Errorf("ask for its memory: %w", err)
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return m, fmt.Errorf("ask for its memory: %w", err)
	}
	for _, name := range []string{"# HeapAlloc = ", "# Stack = "} {
		_, rest, _ := strings.Cut(string(text), name)
		n, err := strconv.ParseInt(strings.Fields(rest + " -")[0], 10, 64)
		if err != nil {
			return m, fmt.Errorf("read %s: %w", name, err)
		}
		m.live += n / 1024
	}
	return m, nil
}

// resident is the resident memory of the process in KiB.
func (s *server) resident() (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("read how much memory it has: %w", err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	return strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
}

// change has the server make a revision.
func (s *server) change(ctx context.Context, title string) error {
	answer, err := s.ask(ctx, "mutation ($id: ID!, $title: String) { updateSource(input: {id: $id, title: $title}) { revision } }", map[string]any{"id": s.source, "title": title})
	if err == nil && strings.Contains(answer, `"errors"`) {
		err = errors.New(answer)
	}
	return err
}

// ask posts an operation with the token.
func (s *server) ask(ctx context.Context, query string, variables map[string]any) (string, error) {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return "", fmt.Errorf("encode: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.at, bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("ask: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+s.token)
	res, err := s.client.Do(r)
	if err != nil {
		return "", fmt.Errorf("ask: %w", err)
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	answer, err := io.ReadAll(res.Body)
	return string(answer), err
}

// stream subscribes over server-sent events, and hands over each answer.
func (s *server) stream(ctx context.Context, each func([]byte) error) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.at+"?"+url.Values{"query": {document}}.Encode(), http.NoBody)
	if err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	r.Header.Set("Accept", "text/event-stream")
	res, err := s.client.Do(r)
	if err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: ")); ok {
			if err := each(data); err != nil {
				return err
			}
		}
	}
	return errors.New("the stream ended")
}

// socket subscribes over a WebSocket, and hands over each answer.
func (s *server) socket(ctx context.Context, each func([]byte) error) error {
	c, _, err := websocket.Dial(ctx, s.at, &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPClient: s.client}) //nolint:bodyclose // the connection has it
	if err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	defer c.CloseNow() //nolint:errcheck // it is over
	subscribe, err := json.Marshal(map[string]any{"id": "1", "type": "subscribe", "payload": map[string]any{"query": document}})
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	for _, m := range [][]byte{[]byte(`{"type":"connection_init"}`), subscribe} {
		if err := c.Write(ctx, websocket.MessageText, m); err != nil {
			return fmt.Errorf("subscribe: %w", err)
		}
	}
	for {
		_, data, err := c.Read(ctx)
		if err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		var m struct {
			Type    string          `json:"type"`
			Payload json.RawMessage `json:"payload"`
		}
		if err := json.Unmarshal(data, &m); err != nil {
			return fmt.Errorf("read %.200s: %w", data, err)
		}
		switch m.Type {
		case "next":
			err = each(m.Payload)
		case "ping":
			err = c.Write(ctx, websocket.MessageText, []byte(`{"type":"pong"}`))
		case "connection_ack":
		default:
			err = fmt.Errorf("the server said %.200s", data)
		}
		if err != nil {
			return err
		}
	}
}
