package service

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"parley/internal/incident"
)

// certificate is a pair of files that is read again when one of them changes, so that a renewed certificate needs no
// restart.
type certificate struct {
	certFile, keyFile string
	unread            *incident.Incident

	mu      sync.Mutex
	changed time.Time
	pair    *tls.Certificate
}

// tlsConfig is how connections are encrypted, or nil where no certificate is named.
func (n NetworkConfig) tlsConfig(log *slog.Logger) (*tls.Config, error) {
	if n.TLSCert == "" {
		return nil, nil //nolint:nilnil // nothing is encrypted
	}
	c := &certificate{certFile: n.TLSCert, keyFile: n.TLSKey, unread: incidents(log).New(slog.LevelWarn, "the certificate is not renewed")}
	if err := c.read(); err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}, nil
}

// get returns the certificate for a connection. Where a changed one cannot be read, the former one stays.
func (c *certificate) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unread.Report(handshake(hello), c.read())
	return c.pair, nil
}

func handshake(hello *tls.ClientHelloInfo) context.Context { return hello.Context() }

// read reads the files where they have changed.
func (c *certificate) read() error {
	var changed time.Time
	for _, file := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(file)
		if err != nil {
			return fmt.Errorf("read the certificate: %w", err)
		}
		if info.ModTime().After(changed) {
			changed = info.ModTime()
		}
	}
	if changed.Equal(c.changed) {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("read the certificate %s with the key %s: %w", c.certFile, c.keyFile, err)
	}
	c.pair, c.changed = &pair, changed
	return nil
}
