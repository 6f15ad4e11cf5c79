package graph

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestDeadline(t *testing.T) {
	now := time.Unix(1000, 0)
	ctx, end := within(t.Context(), time.Second, func() time.Time { return now })
	defer end()
	if at, ok := ctx.Deadline(); !ok || !at.Equal(now.Add(time.Second)) || ctx.Err() != nil {
		t.Errorf("it ends at %v with %v", at, ctx.Err())
	}
	now = now.Add(time.Second)
	if err := ctx.Err(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("past its time it says %v", err)
	}
	<-ctx.Done()

	around, cancel := context.WithCancel(t.Context())
	ctx, end = within(around, time.Hour, time.Now)
	defer end()
	inner, stop := context.WithCancel(ctx)
	defer stop()
	cancel()
	<-inner.Done()
	if !errors.Is(ctx.Err(), context.Canceled) {
		t.Errorf("with what is around it, it ends with %v", ctx.Err())
	}
}
