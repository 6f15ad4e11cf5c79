package operation

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/content"
	"parley/graph/jsonbuf"
	"parley/internal/requestlog"
)

// Response is the answer to an operation.
type Response struct {
	// Data is the JSON of the answer but for its end: DataHead and the data.
	Data []byte
	// Pool is where the room for data was taken, nil where it is its own.
	Pool *jsonbuf.Pool
	// Errors are those of mutations that failed; the others are in data.
	Errors gqlerror.List
	// Warnings are what a client should know of mutations that were carried out.
	Warnings []Warning
	// Head is the revision that it was read at.
	Head content.Revision
	// Dependencies is what it follows from, where answers are kept.
	Dependencies []content.Dependency
	// FixedCost is the part of its cost that does not depend on what was read, changes how many changes of the log it has.
	FixedCost, Changes int
	// Derived is how many rendered texts it has.
	Derived int
	// Late are the values that Data lacks until it is charged.
	Late []Late
	// The inputs of the response.
	Selections []*content.Selection
	Results    []*content.Result
}

// Late is a value of a field that is known once the answer is charged: what it costs depends on the whole answer. It belongs
// into the data of the answer at a place.
type Late struct {
	At   int
	Name string
}

// Complete puts the late values into the data, each as JSON.
func (a *Response) Complete(value func(name string) []byte) {
	whole, from := make([]byte, 0, len(a.Data)+64*len(a.Late)), 0
	for _, v := range a.Late {
		whole = append(append(whole, a.Data[from:v.At]...), value(v.Name)...)
		from = v.At
	}
	whole = append(whole, a.Data[from:]...)
	if a.Pool != nil {
		a.Pool.Give(a.Data)
	}
	a.Data, a.Pool, a.Late = whole, nil, nil
}

// DataHead is what the JSON of an answer without errors begins with.
const DataHead = `{"data":`

// Body is the answer as JSON, with members of extensions beside it. It is asked for once: the room for data goes back.
func (a Response) Body(parts ...string) []byte {
	extensions, _ := a.extensions(parts...)                    // texts and numbers have no fault
	if len(a.Errors) == 0 && cap(a.Data) > jsonbuf.MaxPooled { // it goes as it is: copied, a long answer would take its memory twice
		return append(append(a.Data, extensions...), '}')
	}
	b := make([]byte, 0, len(a.Data)+len(extensions)+32)
	if len(a.Errors) > 0 {
		b = append(b, `{"errors":`...)
		b = append(append(b, ErrorsJSON(a.Errors)...), ',')
		b = append(b, a.Data[1:]...)
	} else {
		b = append(b, a.Data...)
	}
	if a.Pool != nil {
		a.Pool.Give(a.Data)
	}
	return append(append(b, extensions...), '}')
}

// extensions are what an answer says beside its data and its errors: warnings, and the parts given.
func (a Response) extensions(parts ...string) (string, error) {
	if len(a.Warnings) > 0 {
		b, err := json.Marshal(a.Warnings)
		if err != nil {
			return "", fmt.Errorf("encode the warnings: %w", err)
		}
		parts = append(parts, `"warnings":`+string(b))
	}
	if len(parts) == 0 {
		return "", nil
	}
	return `,"extensions":{` + strings.Join(parts, ",") + "}", nil
}

// Warning is what a client should know of an answer that is no error.
type Warning struct {
	Message string   `json:"message"`
	Code    string   `json:"code"`
	Path    []string `json:"path"`
	// Revision is the one that the first request made.
	Revision content.Revision `json:"revision"`
}

// countedPerUnit is how many items are counted at the cost of one that is read.
const countedPerUnit = 100

// Cost is what an answer cost to read: one for each object and for each list and facet that was read, one for each hundred items
// that were counted or tested without an index, one for every 4 KiB of text that a search scored, one for each text that was
// rendered, and one for every 4 KiB of it.
func (a Response) Cost() int {
	objects, lists, counted := readOf(a.Results)
	return a.FixedCost + a.Changes + objects + lists + counted/countedPerUnit + a.Derived + len(a.Data)/AnswerPerUnit
}

// readOf counts the objects in results, the selections that they answer, and the items that were counted for them.
func readOf(results []*content.Result) (objects, lists, counted int) {
	for _, res := range results {
		lists++
		counted += res.Tested
		for _, l := range res.Lists {
			objects += len(l.Rows)
			counted += l.Total
			lists += 3 * len(l.Facets) // each takes a few statements
			for _, buckets := range l.Facets {
				for _, b := range buckets {
					counted += b.Count
				}
			}
		}
		o, l, c := readOf(res.Children)
		objects, lists, counted = objects+o, lists+l, counted+c
	}
	return objects, lists, counted
}

// Facts are what the log says of an answer whenever it is sent.
func (a Response) Facts(p Prepared) requestlog.Facts {
	return requestlog.Facts{
		Name: p.Definition.Name, Kind: string(p.Definition.Operation), Document: p.Document.Hash, Known: true, Trusted: p.Document.Trusted,
		Cost: p.Price.Objects, Objects: rows(a.Results), Revision: int64(a.Head), Codes: Codes(a.Errors),
	}
}

// rows counts what was read.
func rows(results []*content.Result) int {
	n := 0
	for _, res := range results {
		for _, l := range res.Lists {
			n += len(l.Rows)
		}
		n += rows(res.Children)
	}
	return n
}

// Codes are the codes of errors.
func Codes(errs gqlerror.List) []string {
	var list []string
	for _, e := range errs {
		list = append(list, fmt.Sprint(e.Extensions["code"]))
	}
	return list
}

// ErrorsJSON is a list of errors as JSON.
func ErrorsJSON(errs gqlerror.List) []byte {
	b, err := json.Marshal(errs)
	if err != nil {
		return []byte(`[{"message":"Internal error.","extensions":{"code":"INTERNAL"}}]`)
	}
	return b
}
