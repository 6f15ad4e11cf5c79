package service

import (
	"bytes"
	"log/slog"
	"net"
	"strings"
	"syscall"
	"testing"
)

// full is a listener of a process that has too many files open.
type full struct{ net.Listener }

func (full) Accept() (net.Conn, error) { return nil, syscall.EMFILE }

// TestAcceptErrorsAreLogged holds that too many open files are logged, once and with the cause.
func TestAcceptErrorsAreLogged(t *testing.T) {
	var log bytes.Buffer
	a := accepting{full{}, incidents(slog.New(slog.NewTextHandler(&log, nil))).New(slog.LevelError, "connections are not accepted")}
	for range 10_000 {
		if _, err := a.Accept(); err == nil {
			t.Fatal("it accepts")
		}
	}
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "level=ERROR") || !strings.Contains(got, "too many open files") {
		t.Errorf("the log says\n%s", got)
	}
}

// TestErrorsOfTheServerAreLogged holds at which level lines of net/http are logged, and that a flood of them is bounded.
func TestErrorsOfTheServerAreLogged(t *testing.T) {
	for line, level := range map[string]string{
		"http: panic serving 127.0.0.1:1234: a mistake\ngoroutine 1":                "ERROR",
		"http: TLS handshake error from 127.0.0.1:1234: EOF":                        "DEBUG",
		"http: Accept error: accept tcp: too many open files; retrying in 5ms":      "DEBUG",
		"http: superfluous response.WriteHeader call from main.main (main.go:1)":    "WARN",
		"http2: server: error reading preface from client 127.0.0.1:1234: bad data": "DEBUG",
	} {
		var log bytes.Buffer
		l := errorLog(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
		for range 1000 {
			l.Print(line)
		}
		if got := log.String(); !strings.Contains(got, "level="+level) || level != "DEBUG" && strings.Count(got, "\n") != 1 {
			t.Errorf("%s is logged as\n%.500s", line, got)
		}
	}
}
