package service

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"time"

	"parley/graph"
	"parley/internal/telemetry"
	"parley/store"
	"parley/web"
)

// ObservabilityConfig configures the request log, metrics and profiles.
type ObservabilityConfig struct {
	AdminAddr   string        `env:"PARLEY_ADMIN_ADDR" placeholder:"ADDRESS" help:"Listen address for /metrics and /debug/pprof/, for operators only. Disabled by default."`
	NoAccessLog bool          `env:"PARLEY_NO_ACCESS_LOG" help:"Do not log requests."`
	Slow        time.Duration `default:"200ms" env:"PARLEY_SLOW" help:"Duration from which an operation is logged with its SQL statements and query plans; 0 disables."`
}

// watch returns the observers of requests, and a function that ends them. The admin address is served until ctx ends.
func (c Config) watch(ctx context.Context, st *store.Store, gql graph.Handler, log *slog.Logger) (observers []func(web.Observation), end func() error, err error) {
	if !c.NoAccessLog {
		observers = append(observers, web.AccessLog(log)) //nolint:contextcheck // it has that of the request
	}
	if c.Slow > 0 {
		observers = append(observers, web.SlowLog(log, c.Slow, st.Explain)) //nolint:contextcheck // it has that of the request
	}
	var ends []func() error
	end = func() error {
		var all []error
		for _, f := range ends {
			all = append(all, f())
		}
		return errors.Join(all...)
	}
	traces, err := telemetry.NewTraces(ctx, Version)
	if err != nil {
		return nil, end, err
	}
	if traces != nil {
		observers = append(observers, func(o web.Observation) { traces.Observe(o.Request, o.Note, o.Status, o.Begin, o.Took) })
		ends = append(ends, func() error {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
			defer cancel()
			return traces.Close(ctx)
		})
	}
	if c.AdminAddr == "" {
		return observers, end, nil
	}
	metrics := telemetry.NewMetrics(c.gauges(ctx, st, gql))
	observers = append(observers, func(o web.Observation) {
		if o.Request.URL.Path == "/graphql" {
			metrics.Observe(o.Note.Facts(), o.Status, o.Took)
		}
	})
	stop, err := serveAdmin(ctx, c.AdminAddr, metrics.Handler(), log)
	if err == nil {
		ends = append(ends, stop)
	}
	return observers, end, err
}

// gauges are read at each request for the metrics.
func (c Config) gauges(ctx context.Context, st *store.Store, gql graph.Handler) telemetry.Gauges {
	return telemetry.Gauges{
		Statements:  func() float64 { return float64(st.Statements()) },
		Subscribers: func() float64 { return float64(gql.Connections()) },
		Revision: func() float64 {
			head, err := st.Head(ctx)
			if err != nil {
				return -1
			}
			return float64(head)
		},
		DatabaseDamaged: func() float64 {
			switch what, checked := st.Damage(); {
			case what != "":
				return 1
			case checked:
				return 0
			}
			return -1
		},
		DatabaseBytes: func() float64 {
			total := 0.0
			for _, suffix := range []string{"", "-wal"} {
				if info, err := os.Stat(c.DB + suffix); err == nil {
					total += float64(info.Size())
				}
			}
			return total
		},
	}
}

// serveAdmin serves what is for those who run the service, until stop is called.
func serveAdmin(ctx context.Context, addr string, metrics http.Handler, log *slog.Logger) (stop func() error, err error) {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen at %s for --admin-addr: %w", addr, err)
	}
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: drain, ErrorLog: errorLog(log)}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	log.InfoContext(ctx, "metrics are served", slog.String("metrics", "http://"+l.Addr().String()+"/metrics"))
	return func() error {
		err := srv.Close()
		if served := <-done; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		return err
	}, nil
}
