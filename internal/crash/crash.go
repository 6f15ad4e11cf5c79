// Package crash turns panics into errors that keep the stack for the log, so that a goroutine with foreign input ends its own
// work alone and not the process.
package crash

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
)

// Error is a panic. Its text has no stack.
type Error struct {
	// Value is what was panicked with.
	Value any
	// Stack is that of the goroutine that panicked.
	Stack []byte
}

// Recovered returns the error of a panic. It is called in the deferred function that recovers, where the stack is still that
// of the panic.
func Recovered(value any) *Error { return &Error{value, debug.Stack()} }

// Error returns what was panicked with.
func (e *Error) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Stack is the attribute of the log for the stack of a panic in an error; an empty one, which logs leave out, where there was
// none.
func Stack(err error) slog.Attr {
	if e, ok := errors.AsType[*Error](err); ok {
		return slog.String("stack", string(e.Stack))
	}
	return slog.Attr{}
}

// Call calls f and returns the panic in it as an *Error, or nil where there was none.
func Call(f func()) error {
	return Do(func() error {
		f()
		return nil
	})
}

// Do returns the error of f, or a panic in it as an *Error.
func Do(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = Recovered(v)
		}
	}()
	return f()
}

// Logged returns f as the function of a goroutine or of a timer: a panic in it is logged with its stack under the name of the
// work, and ends f alone.
func Logged(ctx context.Context, log *slog.Logger, work string, f func()) func() {
	return func() {
		if err := Call(f); err != nil {
			Log(ctx, log, work, err)
		}
	}
}

// Log logs the panic of a work that [Call] or [Do] returned.
func Log(ctx context.Context, log *slog.Logger, work string, err error) {
	log.ErrorContext(ctx, "panic: "+work, slog.Any("error", err), Stack(err)) //nolint:sloglint // the work is a constant of the caller
}
