// Package telemetry exports metrics for Prometheus and traces for OpenTelemetry.
package telemetry

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"parley/internal/requestlog"
)

// Labels of operations that are not of trusted documents: clients choose their names, which no label has.
const (
	// maxHashes is how many documents have series of their own, by the beginning of their hash. The rest is "other".
	maxHashes = 50
	hashSize  = 12
)

// Gauges are what is read when the metrics are asked for.
type Gauges struct {
	Statements, Revision, Subscribers, DatabaseBytes, DatabaseDamaged func() float64
}

// Metrics counts requests.
type Metrics struct {
	registry                             *prometheus.Registry
	requests, documents, answers, faults *prometheus.CounterVec
	duration                             *prometheus.HistogramVec
	cost                                 prometheus.Histogram

	mu     sync.Mutex
	hashes map[string]bool
}

// NewMetrics returns metrics at zero.
func NewMetrics(g Gauges) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "parley", Name: name, Help: help}, labels)
	}
	gauge := func(name, help string, read func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "parley", Name: name, Help: help}, read)
	}
	m := &Metrics{
		registry:  prometheus.NewRegistry(),
		requests:  counter("requests_total", "Requests to /graphql.", "operation", "status"),
		documents: counter("documents_total", "Documents requested, by how they were found: trusted, known or parsed.", "found"),
		answers:   counter("answers_total", "Responses, by source: executed, cached or unchanged.", "source"),
		faults:    counter("errors_total", "Errors in responses.", "code"),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "parley", Name: "request_duration_seconds", Help: "Duration of requests.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"operation"}),
		cost: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "parley", Name: "request_cost", Help: "Objects that operations request.", Buckets: prometheus.ExponentialBuckets(1, 4, 10),
		}),
		hashes: map[string]bool{},
	}
	m.registry.MustRegister(m.requests, m.documents, m.answers, m.faults, m.duration, m.cost,
		prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: "parley", Name: "statements_total", Help: "SQL statements run by reads."}, g.Statements),
		gauge("revision", "The newest revision.", g.Revision),
		gauge("subscribers", "Open WebSockets and event streams.", g.Subscribers),
		gauge("database_bytes", "Size of the database with its write-ahead log.", g.DatabaseBytes),
		gauge("database_damaged", "1 if the database file is damaged, 0 if its check found no problem, -1 while the check has not finished.", g.DatabaseDamaged),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Observe counts a request that was answered with that status in that time.
func (m *Metrics) Observe(f requestlog.Facts, status int, took time.Duration) {
	operation := m.label(f)
	m.requests.WithLabelValues(operation, strconv.Itoa(status)).Inc()
	for _, code := range f.Codes {
		m.faults.WithLabelValues(code).Inc()
	}
	if !f.Streamed {
		m.duration.WithLabelValues(operation).Observe(took.Seconds())
	}
	if f.Kind == "" {
		return
	}
	found := "parsed"
	switch {
	case f.Trusted:
		found = "trusted"
	case f.Known:
		found = "known"
	}
	m.documents.WithLabelValues(found).Inc()
	m.cost.Observe(float64(f.Cost))
	if f.Source != "" {
		m.answers.WithLabelValues(string(f.Source)).Inc()
	}
}

// label names an operation: by its own name where its document is a trusted one, else by the beginning of the hash of its
// document, for those of the first documents that were answered without an error.
func (m *Metrics) label(f requestlog.Facts) string {
	switch {
	case f.Kind == "" || f.Trusted && f.Name == "":
		return "none"
	case f.Trusted:
		return f.Name
	}
	hash := f.Document[:min(len(f.Document), hashSize)]
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.hashes[hash] {
		if len(m.hashes) >= maxHashes || len(f.Codes) > 0 {
			return "other"
		}
		m.hashes[hash] = true
	}
	return hash
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}
