// Package crash makes an error of a recovered panic that keeps the stack for the log.
package crash

import (
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
