package telemetry

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"parley/internal/requestlog"
)

// Traces exports requests and their statements to an OpenTelemetry collector.
type Traces struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// NewTraces returns what the variables OTEL_ of OpenTelemetry ask for, or nil where none names where traces go.
func NewTraces(ctx context.Context, version string) (*Traces, error) {
	if os.Getenv("OTEL_SDK_DISABLED") == "true" || os.Getenv("OTEL_TRACES_EXPORTER") == "none" {
		return nil, nil //nolint:nilnil // traces are not configured
	}
	if os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" && os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == "" {
		return nil, nil //nolint:nilnil // traces are not configured
	}
	client, err := newOTLPClient(os.Getenv)
	if err != nil {
		return nil, err
	}
	exporter, err := otlptrace.New(ctx, client)
	if err != nil {
		return nil, fmt.Errorf("export traces: %w", err)
	}
	of, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "parley"), attribute.String("service.version", version)), resource.WithFromEnv(), resource.WithTelemetrySDK())
	if err != nil {
		return nil, fmt.Errorf("describe the service in traces: %w", err)
	}
	p := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(of))
	return &Traces{provider: p, tracer: p.Tracer("parley")}, nil
}

// Observe exports a request that was answered with that status: a span beneath the one that its header traceparent names,
// with one for each statement.
func (t *Traces) Observe(r *http.Request, n *requestlog.Note, status int, begin time.Time, took time.Duration) {
	f := n.Facts()
	name := r.Method
	if f.Kind != "" {
		name = strings.TrimSpace(f.Kind + " " + f.Name)
	}
	ctx := propagation.TraceContext{}.Extract(context.WithoutCancel(r.Context()), propagation.HeaderCarrier(r.Header))
	ctx, span := t.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer), trace.WithTimestamp(begin), trace.WithAttributes(
		attribute.String("http.request.method", r.Method), attribute.String("url.path", r.URL.Path), attribute.Int("http.response.status_code", status),
	))
	defer span.End(trace.WithTimestamp(begin.Add(took)))
	if !span.IsRecording() {
		return
	}
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, strings.Join(f.Codes, " "))
	}
	if f.Kind == "" {
		return
	}
	span.SetAttributes(attribute.String("graphql.operation.name", f.Name), attribute.String("graphql.operation.type", f.Kind),
		attribute.String("graphql.document.hash", f.Document), attribute.Int("parley.cost", f.Cost), attribute.Int64("parley.revision", f.Revision),
		attribute.String("parley.source", string(f.Source)), attribute.StringSlice("parley.codes", f.Codes))
	statements, _ := n.Statements()
	for _, s := range statements {
		verb, _, _ := strings.Cut(s.Text, " ")
		_, child := t.tracer.Start(ctx, verb, trace.WithSpanKind(trace.SpanKindClient), trace.WithTimestamp(s.Begin), trace.WithAttributes(
			attribute.String("db.system.name", "sqlite"), attribute.String("db.query.text", s.Text),
		))
		child.End(trace.WithTimestamp(s.Begin.Add(s.Took)))
	}
}

// Close sends what was not sent yet.
func (t *Traces) Close(ctx context.Context) error {
	if err := t.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("send the last traces: %w", err)
	}
	return nil
}
