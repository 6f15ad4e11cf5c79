package service_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/internal/parleytest"
)

// dialed is a connection to the server at an address of /graphql, whose reads end after a while.
func dialed(t *testing.T, at string) net.Conn {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	return conn
}

// TestBodiesThatGETPromises: a GET that promises a body and sends none is refused at once, at every address, and does not
// keep the server from its end.
func TestBodiesThatGETPromises(t *testing.T) {
	at, stop := parleytest.StartOnce(t, slog.New(slog.DiscardHandler), "--max-read-time", "1h")
	for _, path := range []string{"/graphql?query=%7Btalks%7BtotalCount%7D%7D", "/", "/graphiql", "/schema.graphqls", "/docs/errors", "/feeds/talks/gaza-ceasefire-talks.atom", "/healthz", "/readyz", "/none"} {
		for _, head := range []string{"GET %s HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n", "HEAD %s HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n", "GET %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"} {
			conn := dialed(t, at)
			if _, err := fmt.Fprintf(conn, head, path); err != nil {
				t.Fatal(err)
			}
			method, _, _ := strings.Cut(head, " ")
			res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
			if err != nil {
				t.Errorf("%s of %s is not answered: %v", method, path, err)
				continue
			}
			if b, err := io.ReadAll(res.Body); res.StatusCode != http.StatusBadRequest || err != nil || method == "GET" && !strings.Contains(string(b), "a GET request must not have a body") {
				t.Errorf("%s of %s is answered %d %s, %v", method, path, res.StatusCode, b, err)
			}
		}
	}
	ended := make(chan struct{})
	go func() {
		stop()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		t.Fatal("the server waits for bodies that never come")
	}
}

// TestAnswersThatNobodyReads: who asks and does not read is cut off once its system takes no more.
func TestAnswersThatNobodyReads(t *testing.T) {
	at := parleytest.Start(t, "--live-write", "200ms")
	const asked = 400
	_, page := parleytest.Fetch(t, at, "/graphiql")
	file := regexp.MustCompile(`/graphiql/assets/[^"]+\.js`).FindString(page)
	for name, request := range map[string]string{
		"a query":  "GET /graphql?query=" + url.QueryEscape("{ __schema { types { name description fields { name description args { name description } } } } }") + " HTTP/1.1\r\nHost: a\r\n\r\n",
		"a schema": "GET /schema.graphqls HTTP/1.1\r\nHost: a\r\n\r\n",
		"a file":   "GET " + file + " HTTP/1.1\r\nHost: a\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			conn := dialed(t, at)
			go func() { _, _ = io.WriteString(conn, strings.Repeat(request, asked)) }()
			time.Sleep(2 * time.Second) // ten times what it may take
			answers := bufio.NewReader(conn)
			for n := range asked {
				res, err := http.ReadResponse(answers, nil)
				if err == nil {
					_, err = io.Copy(io.Discard, res.Body)
				}
				if err == nil {
					continue
				}
				if timeout, ok := err.(net.Error); ok && timeout.Timeout() { //nolint:errorlint // that of the connection itself
					t.Errorf("after %d answers the connection is still there: %v", n, err)
				}
				return
			}
			t.Error("every answer came: nobody was cut off")
		})
	}
}
