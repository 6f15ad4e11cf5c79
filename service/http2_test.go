package service_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"parley/internal/parleytest"
)

// encrypted starts a server over TLS as a process, and returns what trusts it.
func encrypted(t *testing.T, flags ...string) (p process, host string, trust *tls.Config) {
	t.Helper()
	dir := t.TempDir()
	pool := x509.NewCertPool()
	pool.AddCert(certify(t, dir, 1))
	cmd, at, _ := parleytest.StartProcess(t, dir, append(flags, "--addr", "127.0.0.1:0", "--db", "parley.db", "--answer-cache", "0", "--tls-cert", "cert.pem", "--tls-key", "key.pem")...)
	return process(cmd.Process.Pid), strings.TrimSuffix(strings.TrimPrefix(at, "https://"), "/graphql"), &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS13}
}

// client asks by HTTP/2.
func client(trust *tls.Config) *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: trust, ForceAttemptHTTP2: true}, Timeout: 20 * time.Second}
}

// raw is a connection of HTTP/2 whose frames a test writes itself.
type raw struct {
	*http2.Framer
	host  string
	names bytes.Buffer
	hpack *hpack.Encoder
	mu    sync.Mutex
	// settings are those of the server, resets how many streams it reset, data how many bytes it sent, and gone whether it
	// said that it goes away.
	settings     map[http2.SettingID]uint32
	resets, data int
	gone         bool
	ended        chan struct{}
}

// rawHTTP2 begins a connection whose streams may send so many bytes, and reads what comes.
func rawHTTP2(t *testing.T, host string, trust *tls.Config, window uint32) *raw {
	t.Helper()
	trust = trust.Clone()
	trust.NextProtos = []string{"h2"}
	conn, err := tls.Dial("tcp", host, trust)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(60 * time.Second))
	c := &raw{Framer: http2.NewFramer(conn, bufio.NewReader(conn)), host: host, settings: map[http2.SettingID]uint32{}, ended: make(chan struct{})}
	c.hpack = hpack.NewEncoder(&c.names)
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	if err := c.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: window}); err != nil {
		t.Fatal(err)
	}
	go c.read()
	for begin := time.Now(); ; time.Sleep(time.Millisecond) {
		c.mu.Lock()
		n := len(c.settings)
		c.mu.Unlock()
		if n > 0 {
			return c
		}
		if time.Since(begin) > 20*time.Second {
			t.Fatal("the server sends no settings")
		}
	}
}

func (c *raw) read() {
	defer close(c.ended)
	for {
		f, err := c.ReadFrame()
		if err != nil {
			return
		}
		c.mu.Lock()
		switch f := f.(type) {
		case *http2.SettingsFrame:
			if !f.IsAck() {
				_ = f.ForeachSetting(func(s http2.Setting) error {
					c.settings[s.ID] = s.Val
					return nil
				})
				_ = c.WriteSettingsAck()
			}
		case *http2.RSTStreamFrame:
			c.resets++
		case *http2.DataFrame:
			c.data += len(f.Data())
		case *http2.GoAwayFrame:
			c.gone = true
		}
		c.mu.Unlock()
	}
}

// get asks on a stream.
func (c *raw) get(stream uint32, path string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names.Reset()
	for _, h := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", c.host}, {":path", path}} {
		_ = c.hpack.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]})
	}
	return c.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: c.names.Bytes(), EndStream: true, EndHeaders: true})
}

func (c *raw) reset(stream uint32) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.WriteRSTStream(stream, http2.ErrCodeCancel)
}

const dear = "{ talks(first: 20) { nodes { title events(first: 50) { nodes { title summary { html } occurredOn { label } mediators { name } } } } } }"

// TestRapidReset opens and cancels streams as fast as it can. The server ends that connection or keeps up: it takes less than
// the queries would, and answers others meanwhile.
func TestRapidReset(t *testing.T) {
	p, host, trust := encrypted(t)
	c := client(trust)
	path := "/graphql?query=" + url.QueryEscape(dear)
	ask := func() {
		t.Helper()
		res, err := c.Get("https://" + host + path)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(res.Body)
		if _ = res.Body.Close(); res.ProtoMajor != 2 || !bytes.HasPrefix(b, []byte(`{"data":`)) {
			t.Fatalf("it is answered by %s %.200s", res.Proto, b)
		}
	}
	ask()
	before := p.cpu(t)
	const asked = 50
	for range asked {
		ask()
	}
	one := (p.cpu(t) - before) / asked
	p.reset(t)
	before, rss := p.cpu(t), p.memory(t, "VmRSS")
	const streams = 20_000
	attack := rawHTTP2(t, host, trust, 1<<20)
	sent := 0
	for id := uint32(1); id < 2*streams; id += 2 {
		if attack.get(id, path) != nil || attack.reset(id) != nil {
			break
		}
		if sent++; sent%(streams/4) == 0 {
			ask()
		}
	}
	ask()
	took, grown := p.cpu(t)-before, p.memory(t, "VmHWM")-rss
	attack.mu.Lock()
	gone := attack.gone
	attack.mu.Unlock()
	t.Logf("%d streams took %s (%s for an answer) and %d KiB; the connection was ended: %v", sent, took, one, grown>>10, gone)
	if took > streams*one/10 {
		t.Errorf("%d cancelled streams take %s, and an answer %s", sent, took, one)
	}
	if grown > 64<<20 {
		t.Errorf("they take %d MiB", grown>>20)
	}
}

// TestManyStreams opens more streams than may be open and takes no byte of their answers: those beyond are refused, the
// others cut off, and the connection is still good.
func TestManyStreams(t *testing.T) {
	p, host, trust := encrypted(t, "--live-write", "1s")
	c := rawHTTP2(t, host, trust, 0)
	c.mu.Lock()
	most := int(c.settings[http2.SettingMaxConcurrentStreams])
	c.mu.Unlock()
	if most != 100 {
		t.Fatalf("%d streams may be open", most)
	}
	time.Sleep(100 * time.Millisecond) // the settings are acknowledged: from then on a stream too many is refused
	rss := p.memory(t, "VmRSS")
	const streams = 150
	for i := range uint32(streams) {
		if err := c.get(2*i+1, "/schema.graphqls"); err != nil {
			t.Fatal(err)
		}
	}
	for begin := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		c.mu.Lock()
		resets, data, gone := c.resets, c.data, c.gone
		c.mu.Unlock()
		if resets == streams {
			break
		}
		if data > 0 || gone || time.Since(begin) > 30*time.Second {
			t.Fatalf("after %s %d streams of %d are reset, with %d bytes of answers; the connection is ended: %v", time.Since(begin), resets, streams, data, gone)
		}
	}
	if grown := p.memory(t, "VmRSS") - rss; grown > 64<<20 {
		t.Errorf("they take %d MiB", grown>>20)
	}
}

// TestEndlessHeaders sends headers that never end: the server ends the connection before it has read much.
func TestEndlessHeaders(t *testing.T) {
	p, host, trust := encrypted(t)
	rss := p.memory(t, "VmRSS")
	c := rawHTTP2(t, host, trust, 1<<20)
	c.names.Reset()
	for _, h := range [][2]string{{":method", "GET"}, {":scheme", "https"}, {":authority", host}, {":path", "/healthz"}} {
		_ = c.hpack.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]})
	}
	err := c.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: c.names.Bytes(), EndStream: true})
	sent := 0
	for range 4096 {
		c.names.Reset()
		_ = c.hpack.WriteField(hpack.HeaderField{Name: "x-endless", Value: strings.Repeat("x", 12<<10), Sensitive: true})
		if err != nil {
			break
		}
		err = c.WriteContinuation(1, false, c.names.Bytes())
		sent += c.names.Len()
	}
	select {
	case <-c.ended:
	case <-time.After(20 * time.Second):
		t.Errorf("after %d bytes of headers the connection goes on", sent)
	}
	if grown := p.memory(t, "VmRSS") - rss; grown > 32<<20 {
		t.Errorf("%d bytes of headers take %d MiB", sent, grown>>20)
	}
}

// TestStreamsOverHTTP2: a quiet stream of events outlives the time that a client may take for a part of an answer.
func TestStreamsOverHTTP2(t *testing.T) {
	_, host, trust := encrypted(t, "--live-write", "300ms", "--live-keep-alive", "700ms")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host+"/graphql?query="+url.QueryEscape("subscription { contentUpdates { next } }"), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	res, err := client(trust).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	comments := 0
	lines := bufio.NewScanner(res.Body)
	for comments < 4 && lines.Scan() {
		if lines.Text() == ":" {
			comments++
		}
	}
	if comments < 4 || res.ProtoMajor != 2 {
		t.Errorf("over %s it ends after %d comments: %v", res.Proto, comments, lines.Err())
	}
}

// TestNoHTTP2WithoutTLS: over plain TCP the server speaks HTTP/1.1 alone, whether a client begins with HTTP/2 or asks for an
// upgrade.
func TestNoHTTP2WithoutTLS(t *testing.T) {
	at := parleytest.Start(t)
	conn := dialed(t, at)
	if _, err := io.WriteString(conn, http2.ClientPreface+"\x00\x00\x00\x04\x00\x00\x00\x00\x00"); err != nil {
		t.Fatal(err)
	}
	if b, _ := io.ReadAll(conn); len(b) > 0 && !bytes.HasPrefix(b, []byte("HTTP/1.1 4")) && !bytes.HasPrefix(b, []byte("HTTP/1.1 505")) {
		t.Errorf("HTTP/2 is answered %q", b)
	}
	conn = dialed(t, at)
	if _, err := fmt.Fprint(conn, "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if b, _ := io.ReadAll(conn); !bytes.HasPrefix(b, []byte("HTTP/1.1 200 OK\r\n")) {
		t.Errorf("an upgrade is answered %.200q", b)
	}
}
