// Package telemetry tells monitoring what the service does: metrics for Prometheus, traces for OpenTelemetry.
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

// maxNames is how many names of operations have series of their own, those of trusted documents aside: clients choose the
// names. The rest is counted as "other".
const maxNames = 50

// Gauges are what is read when the metrics are asked for.
type Gauges struct {
	Statements, Revision, Subscribers, DatabaseBytes func() float64
}

// Metrics counts requests.
type Metrics struct {
	registry                             *prometheus.Registry
	requests, documents, answers, faults *prometheus.CounterVec
	duration                             *prometheus.HistogramVec
	cost                                 prometheus.Histogram

	mu    sync.Mutex
	names map[string]bool
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
		documents: counter("documents_total", "Documents asked, by how they were found: trusted, known or parsed.", "found"),
		answers:   counter("answers_total", "Answers, by their source: executed, cached or unchanged.", "source"),
		faults:    counter("errors_total", "Errors in answers.", "code"),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "parley", Name: "request_duration_seconds", Help: "Time until a request was answered.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"operation"}),
		cost: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "parley", Name: "request_cost", Help: "Objects that operations ask for.", Buckets: prometheus.ExponentialBuckets(1, 4, 10),
		}),
		names: map[string]bool{},
	}
	m.registry.MustRegister(m.requests, m.documents, m.answers, m.faults, m.duration, m.cost,
		prometheus.NewCounterFunc(prometheus.CounterOpts{Namespace: "parley", Name: "statements_total", Help: "Statements of SQL that reads ran."}, g.Statements),
		gauge("revision", "The newest revision.", g.Revision),
		gauge("subscribers", "WebSockets and streams of events that are open.", g.Subscribers),
		gauge("database_bytes", "Size of the database with its write-ahead log.", g.DatabaseBytes),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Observe counts a request that was answered with that status in that time.
func (m *Metrics) Observe(f requestlog.Facts, status int, took time.Duration) {
	name := m.name(f)
	m.requests.WithLabelValues(name, strconv.Itoa(status)).Inc()
	for _, code := range f.Codes {
		m.faults.WithLabelValues(code).Inc()
	}
	if !f.Streamed {
		m.duration.WithLabelValues(name).Observe(took.Seconds())
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

// name is the label of an operation.
func (m *Metrics) name(f requestlog.Facts) string {
	if f.Name == "" {
		return "none"
	}
	if f.Trusted {
		return f.Name
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.names[f.Name] {
		if len(m.names) >= maxNames || len(f.Codes) > 0 {
			return "other"
		}
		m.names[f.Name] = true
	}
	return f.Name
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}
