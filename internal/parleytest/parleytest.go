// Package parleytest runs whole servers and commands for tests.
//
// Start runs a server in the process of the test. Command and Run run parley as a separate process, which a test can kill: the test
// binary stands in for parley, so that the package of the test calls Main in its TestMain.
package parleytest

import (
	"bufio"
	"bytes"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"parley/command"
	"parley/service"
)

// asParley is the variable of the environment that makes a test binary run as parley.
const asParley = "TEST_AS_PARLEY"

// Main runs the tests of a package or, in a process that Command started, parley itself.
func Main(m *testing.M) {
	if os.Getenv(asParley) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		os.Exit(command.Run(ctx, os.Args[1:], os.Stdout, os.Stderr)) //nolint:gocritic // nothing is left to stop
	}
	os.Exit(m.Run())
}

// Command returns a process that runs parley with the arguments in dir. It is not started.
func Command(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...) //nolint:gosec // the test names the arguments
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asParley+"=1")
	return cmd
}

// Run runs parley with the arguments in dir, and returns what it printed to the standard output and to the standard error, and its
// exit code.
func Run(t *testing.T, dir string, args ...string) (out, said string, code int) {
	t.Helper()
	cmd := Command(t, dir, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run()
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

// StartProcess runs a server as a process and returns once it serves, with the address of /graphql and how long the start took.
func StartProcess(t *testing.T, dir string, args ...string) (cmd *exec.Cmd, url string, took time.Duration) {
	t.Helper()
	begin := time.Now()                                       //nolint:forbidigo // tests measure
	cmd = Command(t, dir, append(args, "--no-access-log")...) // its output is not read once it has started
	logs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(logs)
	for lines.Scan() {
		if _, rest, ok := strings.Cut(lines.Text(), `"url":"`); ok {
			url, _, _ := strings.Cut(rest, `"`)
			return cmd, url + "graphql", time.Since(begin)
		}
	}
	t.Fatalf("the server did not start: %v", cmd.Wait())
	return nil, "", 0
}

// Config returns the configuration that the flags make, with its own database and a free port.
func Config(t *testing.T, flags ...string) service.Config {
	t.Helper()
	var c service.Config
	k, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Parse(append([]string{"--addr", "127.0.0.1:0", "--db", filepath.Join(t.TempDir(), "parley.db")}, flags...)); err != nil {
		t.Fatal(err)
	}
	return c
}

// Start runs a server until the test ends, and returns the address of /graphql.
func Start(t *testing.T, flags ...string) (url string) {
	t.Helper()
	return StartLogging(t, slog.New(slog.DiscardHandler), flags...)
}

// StartLogging is Start with a log.
func StartLogging(t *testing.T, log *slog.Logger, flags ...string) (url string) {
	t.Helper()
	url, stop := StartOnce(t, log, flags...)
	t.Cleanup(stop)
	return url
}

// StartOnce runs a server and returns the address of /graphql and a function that ends it.
func StartOnce(t *testing.T, log *slog.Logger, flags ...string) (url string, stop func()) {
	t.Helper()
	ctx, end := context.WithCancel(context.WithoutCancel(t.Context()))
	s, err := service.New(ctx, Config(t, flags...), log)
	if err != nil {
		end()
		t.Fatalf("the server did not start: %v", err)
	}
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	return "http://" + s.Addr() + "/graphql", func() {
		end()
		if err := <-done; err != nil {
			t.Errorf("the server ended with %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("the server closed with %v", err)
		}
	}
}
