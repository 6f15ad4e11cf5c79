package graph

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// input is the path from the argument or variable to the value, joined by dots.
func (f *inputError) input() string {
	var b strings.Builder
	for _, e := range slices.Backward(f.path) {
		if b.Len() > maxMessage {
			break // it is nested without end
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		switch e := e.(type) {
		case ast.PathName:
			b.WriteString(string(e))
		case ast.PathIndex:
			b.WriteString(strconv.Itoa(int(e)))
		}
	}
	return b.String()
}

// error is the fault as an error of GraphQL; with suggestions it says which names may have been meant.
func (f *inputError) error(suggestions bool) *gqlerror.Error {
	input := f.input()
	e := gqlerror.ErrorPosf(f.at, "%s: %s", input, f.message)
	e.Extensions = map[string]any{"input": input}
	if !suggestions || len(f.typed) > maxName { // each name is compared with all of what was typed
		return e
	}
	if names := core.SuggestionList(f.typed, f.names); len(names) > 0 {
		e.Message += ". Did you mean " + core.OrList(names...) + "?"
	}
	return e
}

// Error says which value is wrong, and why.
func (f *inputError) Error() string { return f.input() + ": " + f.message }

// errors are the faults as errors of GraphQL with a code.
func (c *coercion) errors(code string, suggestions bool) gqlerror.List {
	var errs gqlerror.List
	for i := range c.faults {
		errs = append(errs, withCode(c.faults[i].error(suggestions), code))
	}
	return errs
}

// maxMessage bounds the messages of errors, in bytes: some of them quote the request.
const maxMessage = 500

// withCode gives an error its code, and the address where the code is explained.
func withCode(e *gqlerror.Error, code string) *gqlerror.Error {
	if e.Extensions == nil {
		e.Extensions = map[string]any{}
	}
	e.Extensions["code"] = code
	e.Extensions["docs"] = "/docs/errors#" + strings.ToLower(code)
	delete(e.Extensions, "file") // the parser's name for the one document
	if len(e.Message) > maxMessage {
		e.Message = strings.ToValidUTF8(e.Message[:maxMessage], "") + "..."
	}
	e.Rule = ""
	return e
}
