package operation

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
)

// fieldError says which field of an operation is at fault.
type fieldError struct {
	field *Field
	err   error
}

// Error returns the field and the problem.
func (e *fieldError) Error() string { return e.field.response().String() + ": " + e.err.Error() }

// Unwrap returns the cause.
func (e *fieldError) Unwrap() error { return e.err }

// InField says of an error which field is at fault, unless a field within it is.
func InField(f *Field, err error) error {
	if _, known := errors.AsType[*fieldError](err); err == nil || known {
		return err
	}
	return &fieldError{f, err}
}

// AtInput says of an error which input is wrong, unless it says so itself.
func AtInput(err error, input string) error {
	known, ok := errors.AsType[*content.Error](err)
	if !ok || known.Field != "" {
		return err
	}
	own := *known
	own.Field = input
	return &own
}

// response is the path of the field in the answer, without the places in lists: the operation is refused as a whole.
func (f *Field) response() ast.Path {
	var path ast.Path
	for ; f != nil; f = f.parent {
		path = append(path, ast.PathName(f.Key))
	}
	slices.Reverse(path)
	return path
}

// locate returns the position of a value in the document that an argument of the field has at a path such as where.title.eq:
// the literal, or the variable that it is in, or the field itself.
func (f *Field) locate(input string) *ast.Position {
	name, rest, _ := strings.Cut(input, ".")
	a := f.Mention.Arguments.ForName(name)
	if a == nil {
		return f.Mention.Position
	}
	v := a.Value
	for rest != "" {
		name, rest, _ = strings.Cut(rest, ".")
		child := v.Children.ForName(name)
		if i, err := strconv.Atoi(name); err == nil && v.Kind == ast.ListValue && i >= 0 && i < len(v.Children) {
			child = v.Children[i].Value
		}
		if child == nil {
			break
		}
		v = child
	}
	return positionOf(v)
}

// positionOf returns where a literal begins in its document. The parser has texts begin behind their quotation marks, and
// those of several lines in the last.
func positionOf(v *ast.Value) *ast.Position {
	p := v.Position
	if p == nil || p.Src == nil || v.Kind != ast.StringValue && v.Kind != ast.BlockValue {
		return p
	}
	own := *p
	own.Line, own.Column = 1, 1
	var last rune
	for _, r := range []rune(p.Src.Input)[:p.Start] {
		own.Column++
		if r == '\n' && last == '\r' {
			own.Column = 1
		} else if r == '\n' || r == '\r' {
			own.Line, own.Column = own.Line+1, 1
		}
		last = r
	}
	return &own
}

// WithLocation gives an error the path of the field that is at fault, and the location of the value that its argument has at
// the path input.
func WithLocation(g *gqlerror.Error, err error, input string) *gqlerror.Error {
	at, ok := errors.AsType[*fieldError](err)
	if !ok {
		return g
	}
	g.Path = at.field.response()
	if p := at.field.locate(input); p != nil && g.Locations == nil {
		g.Locations = []gqlerror.Location{{Line: p.Line, Column: p.Column}}
	}
	return g
}
