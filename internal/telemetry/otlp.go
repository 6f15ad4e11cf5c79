package telemetry

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// otlpClient sends spans to a collector as protobuf over HTTP (OTLP/HTTP). The client of OpenTelemetry's own exporter does the
// same and links gRPC, which the service never speaks.
type otlpClient struct {
	http     *http.Client
	endpoint string
	headers  http.Header
	gzip     bool
	// patience is how long an upload is tried again.
	patience time.Duration
}

// Bounds of an upload, as the specification of OTLP proposes them.
const (
	uploadTime = 10 * time.Second // for one attempt
	patience   = time.Minute      // for all of them
	firstPause = 5 * time.Second
	maxRefusal = 4 << 10 // bytes of a refusal that are read
)

// newOTLPClient returns a client for the collector that the variables OTEL_EXPORTER_OTLP_ name. A variable for traces alone, such
// as OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, goes before the one for all signals.
func newOTLPClient(env func(string) string) (*otlpClient, error) {
	setting := func(name string) string {
		return cmp.Or(env("OTEL_EXPORTER_OTLP_TRACES_"+name), env("OTEL_EXPORTER_OTLP_"+name))
	}
	c := &otlpClient{endpoint: env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"), headers: http.Header{}, patience: patience}
	if c.endpoint == "" {
		c.endpoint = strings.TrimSuffix(env("OTEL_EXPORTER_OTLP_ENDPOINT"), "/") + "/v1/traces"
	}
	if u, err := url.Parse(c.endpoint); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %q is not the address of a collector, such as http://127.0.0.1:4318", c.endpoint)
	}
	if p := setting("PROTOCOL"); p != "" && p != "http/protobuf" {
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_PROTOCOL: %q is not spoken: set http/protobuf, and the port of the collector for it, by default 4318", p)
	}
	switch coding := setting("COMPRESSION"); coding {
	case "", "none":
	case "gzip":
		c.gzip = true
	default:
		return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_COMPRESSION: %q is neither gzip nor none", coding)
	}
	for pair := range strings.SplitSeq(setting("HEADERS"), ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		name, value, ok := strings.Cut(pair, "=")
		text, err := url.PathUnescape(strings.TrimSpace(value))
		if !ok || err != nil || strings.TrimSpace(name) == "" {
			return nil, errors.New("OTEL_EXPORTER_OTLP_HEADERS: write name=value, several with commas between, special characters as %XX")
		}
		c.headers.Set(strings.TrimSpace(name), text)
	}
	timeout := uploadTime
	if text := setting("TIMEOUT"); text != "" {
		ms, err := strconv.Atoi(text)
		if err != nil || ms <= 0 {
			return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_TIMEOUT: %q is not a number of milliseconds", text)
		}
		timeout = time.Duration(ms) * time.Millisecond
	}
	conf, err := collectorTLS(setting)
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:errcheck // the standard library's is one
	transport.TLSClientConfig = conf
	c.http = &http.Client{Transport: transport, Timeout: timeout}
	return c, nil
}

// collectorTLS returns the certificates that the variables name, nil where they name none.
func collectorTLS(setting func(string) string) (*tls.Config, error) {
	ca, cert, key := setting("CERTIFICATE"), setting("CLIENT_CERTIFICATE"), setting("CLIENT_KEY")
	if ca == "" && cert == "" && key == "" {
		return nil, nil //nolint:nilnil // the defaults do
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if ca != "" {
		text, err := os.ReadFile(ca) //nolint:gosec // the operator names the file
		if err != nil {
			return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_CERTIFICATE: %w", err)
		}
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_CERTIFICATE: %s has no certificate in PEM", ca)
		}
	}
	if cert != "" || key != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and _CLIENT_KEY: %w", err)
		}
		conf.Certificates = []tls.Certificate{pair}
	}
	return conf, nil
}

// Start does nothing: each upload connects where it has to.
func (c *otlpClient) Start(context.Context) error { return nil }

// Stop closes the connections that are idle.
func (c *otlpClient) Stop(context.Context) error {
	c.http.CloseIdleConnections()
	return nil
}

// UploadTraces sends spans. It tries again where the collector asks for it or cannot be reached, and waits longer each time.
func (c *otlpClient) UploadTraces(ctx context.Context, spans []*trace.ResourceSpans) error {
	body, err := proto.Marshal(&trace.TracesData{ResourceSpans: spans}) // which is ExportTraceServiceRequest on the wire
	if err != nil {
		return fmt.Errorf("encode spans: %w", err)
	}
	if c.gzip {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := w.Write(body); err != nil || w.Close() != nil {
			return fmt.Errorf("compress spans: %w", err)
		}
		body = b.Bytes()
	}
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	for pause := firstPause; ; pause *= 2 {
		wait, err := c.post(ctx, body)
		if err == nil || wait < 0 {
			return err
		}
		select {
		case <-time.After(cmp.Or(wait, pause)):
		case <-ctx.Done():
			return err
		}
	}
}

// post sends a body once. Where it fails, wait is how long the collector wants to be left alone, 0 where it does not say, and
// negative where there is no use in trying again.
func (c *otlpClient) post(ctx context.Context, body []byte) (wait time.Duration, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, bytes.NewReader(body))
	if err != nil {
		return -1, fmt.Errorf("send spans: %w", err)
	}
	r.Header = c.headers.Clone()
	r.Header.Set("Content-Type", "application/x-protobuf")
	if c.gzip {
		r.Header.Set("Content-Encoding", "gzip")
	}
	res, err := c.http.Do(r)
	if err != nil {
		return 0, fmt.Errorf("send spans: %w", err)
	}
	defer res.Body.Close()                                      //nolint:errcheck // it is read as far as it is wanted
	text, _ := io.ReadAll(io.LimitReader(res.Body, maxRefusal)) // the status says enough
	switch res.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		seconds, _ := strconv.Atoi(res.Header.Get("Retry-After")) // 0 where there is none
		wait = time.Duration(max(0, seconds)) * time.Second
	default:
		if res.StatusCode/100 == 2 {
			return 0, nil
		}
		wait = -1
	}
	return wait, fmt.Errorf("send spans: the collector answers %s: %q", res.Status, strings.ToValidUTF8(string(text), "?"))
}
