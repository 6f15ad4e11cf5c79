package content

import (
	"errors"
	"fmt"
)

// Code says what kind of failure an [Error] is. Clients see it in the extensions of a GraphQL error.
type Code string

// The codes that the domain and its store use.
const (
	BadUserInput  Code = "BAD_USER_INPUT"
	Conflict      Code = "CONFLICT"
	LimitExceeded Code = "LIMIT_EXCEEDED"
	Unavailable   Code = "UNAVAILABLE"
	RecordChanged Code = "RECORD_CHANGED"

	NotFound        Code = "NOT_FOUND"
	Unauthenticated Code = "UNAUTHENTICATED"
	Forbidden       Code = "FORBIDDEN"
)

// Error is a failure that may be shown to the client. Its message names the problem and how to fix it.
type Error struct {
	Code    Code
	Message string
	// Field is the path of the argument or field at fault, or empty.
	Field string
	// Details say more in a form that programs read, by name; nil where there is nothing to add.
	Details map[string]any
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Errorf makes an [Error] of the given code.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// fieldErrorf makes the [Error] of a bad value at the path of a field.
func fieldErrorf(field, format string, args ...any) *Error {
	e := Errorf(BadUserInput, format, args...)
	e.Field = field
	return e
}

// Exceeded makes the [Error] of a limit that was exceeded. The name is that under which the service lists the limit, and is
// empty where it is fixed; value is what was asked for, or how far it was counted.
func Exceeded(name string, limit, value int, format string, args ...any) *Error {
	e := Errorf(LimitExceeded, format, args...)
	e.Details = map[string]any{"limit": limit, "value": value}
	if name != "" {
		e.Details["limitName"] = name
	}
	return e
}

// ErrNotFound is returned where one item was asked for and there is none that the audience may see.
var ErrNotFound = errors.New("not found")
