package operation

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// input is the path from the argument or variable to the value, joined by dots.
func (f *InputError) input() string {
	var b strings.Builder
	for _, e := range slices.Backward(f.path) {
		if b.Len() > MaxMessage {
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

// GraphQL is the fault as an error of GraphQL; with suggestions it says which names may have been meant.
func (f *InputError) GraphQL(suggestions bool) *gqlerror.Error {
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
func (f *InputError) Error() string { return f.input() + ": " + f.message }

// Errors are the faults as errors of GraphQL with a code.
func (c *Coercion) Errors(code string, suggestions bool) gqlerror.List {
	var errs gqlerror.List
	for i := range c.Faults {
		errs = append(errs, WithCode(c.Faults[i].GraphQL(suggestions), code))
	}
	return errs
}

// MaxMessage bounds the messages of errors, in bytes: some of them quote the request.
const MaxMessage = 500

// WithCode gives an error its code, and the address where the code is explained.
func WithCode(e *gqlerror.Error, code string) *gqlerror.Error {
	if e.Extensions == nil {
		e.Extensions = map[string]any{}
	}
	e.Extensions["code"] = code
	e.Extensions["docs"] = "/docs/errors#" + strings.ToLower(code)
	delete(e.Extensions, "file") // the parser's name for the one document
	if len(e.Message) > MaxMessage {
		e.Message = strings.ToValidUTF8(e.Message[:MaxMessage], "") + "..."
	}
	e.Rule = ""
	return e
}
