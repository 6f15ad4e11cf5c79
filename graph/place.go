package graph

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// fieldError says which field of an operation is at fault.
type fieldError struct {
	field *field
	err   error
}

// Error names the field and what is wrong.
func (e *fieldError) Error() string { return e.field.response().String() + ": " + e.err.Error() }

// Unwrap returns what is wrong.
func (e *fieldError) Unwrap() error { return e.err }

// inField says of an error which field is at fault, unless a field within it is.
func inField(f *field, err error) error {
	if _, known := errors.AsType[*fieldError](err); err == nil || known {
		return err
	}
	return &fieldError{f, err}
}

// response is the path of the field in the answer, without the places in lists: the operation is refused as a whole.
func (f *field) response() ast.Path {
	var path ast.Path
	for ; f != nil; f = f.parent {
		path = append(path, ast.PathName(f.key))
	}
	slices.Reverse(path)
	return path
}

// locate returns where a value stands in the document that an argument of the field has at a path such as where.title.eq:
// the literal, or the variable that it is in, or the field itself.
func (f *field) locate(input string) *ast.Position {
	name, rest, _ := strings.Cut(input, ".")
	a := f.mention.Arguments.ForName(name)
	if a == nil {
		return f.mention.Position
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
	return v.Position
}

// inPlace gives an error the path of the field that is at fault, and the location of the value that its argument has at
// the path input.
func inPlace(g *gqlerror.Error, err error, input string) *gqlerror.Error {
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
