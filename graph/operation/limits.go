package operation

import (
	"fmt"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"parley/internal/defaults"
)

// Limits bound a request and what its operation may ask for. All but Time are checked before anything runs, and all but
// Cost before validation, whose own rules take a time that grows with the square of some of these numbers.
type Limits struct {
	Tokens         int           `default:"8000" env:"PARLEY_MAX_TOKENS" help:"Maximum number of tokens in a document."`
	Depth          int           `default:"15" env:"PARLEY_MAX_DEPTH" help:"Maximum nesting depth of fields."`
	Fields         int           `default:"5000" env:"PARLEY_MAX_FIELDS" help:"Maximum number of fields in an operation, with fragments expanded."`
	Repeats        int           `default:"100" env:"PARLEY_MAX_REPEATS" help:"Maximum number of times that one field may be selected at one place of the response."`
	Gathered       int           `default:"50000" env:"PARLEY_MAX_GATHERED" help:"Maximum number of fields in an operation, with fragments expanded and fields on an interface counted once for each of its types."`
	Aliases        int           `default:"50" env:"PARLEY_MAX_ALIASES" help:"Maximum number of aliases in an operation."`
	RootFields     int           `default:"30" env:"PARLEY_MAX_ROOT_FIELDS" help:"Maximum number of root fields in an operation."`
	Spreads        int           `default:"200" env:"PARLEY_MAX_SPREADS" help:"Maximum number of fragment spreads in an operation."`
	Introspections int           `default:"5" env:"PARLEY_MAX_INTROSPECTIONS" help:"Maximum number of __schema and __type fields in an operation."`
	Directives     int           `default:"100" env:"PARLEY_MAX_DIRECTIVES" help:"Maximum number of directives in an operation."`
	Cost           int           `default:"100000" env:"PARLEY_MAX_COST" help:"Maximum number of objects that an operation may request, computed from its page sizes. A rendered text counts as one object."`
	FilterDepth    int           `default:"8" env:"PARLEY_MAX_FILTER_DEPTH" help:"Maximum nesting depth of a filter."`
	Conditions     int           `default:"100" env:"PARLEY_MAX_CONDITIONS" help:"Maximum number of conditions in a filter."`
	Values         int           `default:"50000" env:"PARLEY_MAX_VALUES" help:"Maximum number of values in the JSON of a request, such as list elements in variables."`
	Body           int           `default:"1048576" env:"PARLEY_MAX_BODY" help:"Maximum size of a request body."`
	Answer         int           `default:"16777216" env:"PARLEY_MAX_ANSWER" help:"Maximum size of a response."`
	ReadTime       time.Duration `default:"10s" env:"PARLEY_MAX_READ_TIME" help:"Time limit for reading a request."`
	Time           time.Duration `default:"10s" env:"PARLEY_MAX_TIME" help:"Time limit for an operation."`
}

// DefaultLimits returns the limits that the tags of Limits name.
func DefaultLimits() Limits { return defaults.Of[Limits]() }

// Exceeded is the refusal of an operation that is beyond a limit: it names the limit and the value, and says what to do
// instead.
func Exceeded(what, name string, limit, value int) *gqlerror.Error {
	at := strconv.Itoa(value)
	if value >= saturated {
		at = "too many"
	}
	err := gqlerror.Errorf("the operation has %s %s: at most %d are answered (limit %s); %s", at, what, limit, name, instead(name))
	err.Extensions = map[string]any{"limit": limit, "value": value, "limitName": name}
	return WithCode(err, "LIMIT_EXCEEDED")
}

// instead says what to do where an operation is beyond the limit with the name.
func instead(name string) string {
	switch name {
	case "cost":
		return "ask for smaller pages with first, and for the next ones with after"
	case "depth":
		return "ask for the id of what lies deeper, and for the rest by node(id:) in another operation"
	case "repeats":
		return "name each field once in one place, in one fragment"
	case "directives":
		return "put one @include or @skip on a fragment of many fields"
	case "introspections":
		return "read the schema from /schema.graphqls, or by one __schema"
	default:
		return "send several operations, each for a part of it"
	}
}

// saturated is where counts end.
const saturated = 1 << 30

// size counts what a selection holds, fragments spread as often as they are named.
type size struct {
	depth, fields, aliases, spreads, directives, roots, introspections int
}

func (a size) plus(b size) size {
	add := func(x, y int) int { return min(x+y, saturated) }
	return size{
		depth: max(a.depth, b.depth), fields: add(a.fields, b.fields), aliases: add(a.aliases, b.aliases),
		spreads: add(a.spreads, b.spreads), directives: add(a.directives, b.directives), roots: add(a.roots, b.roots),
		introspections: add(a.introspections, b.introspections),
	}
}

// analysis measures a document in a time that grows with its length alone: each fragment is measured once.
type analysis struct {
	doc    *ast.QueryDocument
	limits Limits
	known  map[string]size
	open   map[string]bool
	fault  *gqlerror.Error
}

// check refuses a document whose operations together are beyond the limits, or with fragments that lead back to
// themselves.
func (l Limits) check(doc *ast.QueryDocument) *gqlerror.Error {
	a := &analysis{doc: doc, limits: l, known: map[string]size{}, open: map[string]bool{}}
	var all size
	for _, op := range doc.Operations {
		n := a.selection(op.SelectionSet).plus(a.directives(op.Directives))
		if n.roots > l.RootFields && a.fault == nil {
			return Exceeded("fields at its root", "root-fields", l.RootFields, n.roots)
		}
		all = all.plus(n)
		a.own(op.Name, op.Position)
		for _, v := range op.VariableDefinitions {
			a.own(v.Variable, v.Position)
			a.name(v.Type.Name(), v.Position)
			_ = a.directives(v.Directives) // they cost nothing
		}
	}
	for _, f := range doc.Fragments {
		a.own(f.Name, f.Position)
		a.name(f.TypeCondition, f.Position)
	}
	if a.fault != nil {
		return a.fault
	}
	for _, c := range []struct {
		what, name   string
		limit, value int
	}{
		{"levels of fields", "depth", l.Depth, all.depth},
		{"fields", "fields", l.Fields, all.fields},
		{"aliases", "aliases", l.Aliases, all.aliases},
		{"spread fragments", "spreads", l.Spreads, all.spreads},
		{"directives", "directives", l.Directives, all.directives},
		{"fields of introspection", "introspections", l.Introspections, all.introspections},
	} {
		if c.value > c.limit {
			return Exceeded(c.what, c.name, c.limit, c.value)
		}
	}
	for _, op := range doc.Operations {
		p := &mentions{}
		if name, times := p.count(doc, op.SelectionSet, l.Repeats); times > 0 {
			return Exceeded(fmt.Sprintf("mentions of %.40s in one place", name), "repeats", l.Repeats, times)
		}
	}
	for _, f := range doc.Fragments { // unused fragments are validated too
		a.fragment(f.Name)
	}
	return a.fault
}

// selection measures a selection set.
func (a *analysis) selection(set ast.SelectionSet) size {
	var n size
	for _, s := range set {
		if a.fault != nil {
			return n
		}
		switch s := s.(type) {
		case *ast.Field:
			n = n.plus(a.field(s))
		case *ast.InlineFragment:
			a.name(s.TypeCondition, s.Position)
			n = n.plus(a.selection(s.SelectionSet)).plus(a.directives(s.Directives)).plus(size{spreads: 1})
		case *ast.FragmentSpread:
			n = n.plus(a.fragment(s.Name)).plus(a.directives(s.Directives)).plus(size{spreads: 1})
		}
	}
	return n
}

func (a *analysis) field(f *ast.Field) size {
	a.name(f.Name, f.Position)
	a.own(f.Alias, f.Position)
	for _, arg := range f.Arguments {
		a.name(arg.Name, arg.Position)
	}
	n := a.selection(f.SelectionSet)
	n.depth, n.roots = n.depth+1, 1
	own := a.directives(f.Directives).plus(size{fields: 1})
	if f.Alias != f.Name {
		own.aliases = 1
	}
	if f.Name == "__schema" || f.Name == "__type" {
		own.introspections = 1
	}
	return n.plus(own)
}

// directives measures directives.
func (a *analysis) directives(list ast.DirectiveList) size {
	for _, d := range list {
		a.name(d.Name, d.Position)
		for _, arg := range d.Arguments {
			a.name(arg.Name, arg.Position)
		}
	}
	return size{directives: len(list)}
}

const (
	// maxName is the greatest length of a name of the schema: validation compares an unknown one with all that it may have
	// meant.
	maxName = 100
	// maxOwnName is the greatest length of a name that the client chooses: that of an operation, which logs and traces have,
	// of a fragment, a variable or an alias.
	maxOwnName = 250
)

// name refuses a longer name of the schema.
func (a *analysis) name(name string, at *ast.Position) { a.within(name, maxName, at) }

// own refuses a longer name of the client's own.
func (a *analysis) own(name string, at *ast.Position) { a.within(name, maxOwnName, at) }

func (a *analysis) within(name string, most int, at *ast.Position) {
	if len(name) > most && a.fault == nil {
		fault := gqlerror.ErrorPosf(at, "%.40s... is a name of %d characters: none may have more than %d", name, len(name), most)
		a.fault = WithCode(fault, "GRAPHQL_VALIDATION_FAILED")
	}
}

// fragment measures a fragment once.
func (a *analysis) fragment(name string) size {
	if n, ok := a.known[name]; ok {
		return n
	}
	def := a.doc.Fragments.ForName(name)
	if def == nil {
		return size{} // validation says so
	}
	if a.open[name] {
		if a.fault == nil {
			fault := gqlerror.ErrorPosf(def.Position, "the fragment %.40s leads back to itself", name)
			a.fault = WithCode(fault, "GRAPHQL_VALIDATION_FAILED")
		}
		return size{}
	}
	a.open[name] = true
	n := a.selection(def.SelectionSet)
	delete(a.open, name)
	a.known[name] = n
	return n
}

// mentions is a place in the answer, with how often the document mentions each field there, fragments spread. Validation
// compares all mentions with each other.
type mentions struct {
	times  int
	fields map[string]*mentions
}

// count counts the mentions in a selection set, until one is beyond the limit: then it returns which and how often. The
// number of fields is bounded already.
func (p *mentions) count(doc *ast.QueryDocument, set ast.SelectionSet, limit int) (string, int) {
	for _, s := range set {
		var name string
		var times int
		switch s := s.(type) {
		case *ast.Field:
			if p.fields == nil {
				p.fields = map[string]*mentions{}
			}
			at := p.fields[s.Alias]
			if at == nil {
				at = &mentions{}
				p.fields[s.Alias] = at
			}
			if at.times++; at.times > limit {
				return s.Alias, at.times
			}
			name, times = at.count(doc, s.SelectionSet, limit)
		case *ast.InlineFragment:
			name, times = p.count(doc, s.SelectionSet, limit)
		case *ast.FragmentSpread:
			if def := doc.Fragments.ForName(s.Name); def != nil {
				name, times = p.count(doc, def.SelectionSet, limit)
			}
		}
		if times > 0 {
			return name, times
		}
	}
	return "", 0
}

// Bound is a limit as the service lists it. Errors name it by Name; operators set it by Flag.
type Bound struct {
	Name, Unit string
	Value      int
	Flag       string
}

// List returns the limits in the order of their names.
func (l Limits) List() []Bound {
	list := []Bound{
		{Name: "aliases", Unit: "aliases", Value: l.Aliases},
		{Name: "answer", Unit: "bytes", Value: l.Answer},
		{Name: "body", Unit: "bytes", Value: l.Body},
		{Name: "conditions", Unit: "conditions of a filter", Value: l.Conditions},
		{Name: "cost", Unit: "objects", Value: l.Cost},
		{Name: "depth", Unit: "levels", Value: l.Depth},
		{Name: "directives", Unit: "directives", Value: l.Directives},
		{Name: "fields", Unit: "fields", Value: l.Fields},
		{Name: "filter-depth", Unit: "levels of a filter", Value: l.FilterDepth},
		{Name: "gathered", Unit: "fields of a type", Value: l.Gathered},
		{Name: "introspections", Unit: "fields", Value: l.Introspections},
		{Name: "read-time", Unit: "milliseconds", Value: int(l.ReadTime / time.Millisecond)},
		{Name: "repeats", Unit: "mentions of a field", Value: l.Repeats},
		{Name: "root-fields", Unit: "fields", Value: l.RootFields},
		{Name: "spreads", Unit: "fragments", Value: l.Spreads},
		{Name: "time", Unit: "milliseconds", Value: int(l.Time / time.Millisecond)},
		{Name: "tokens", Unit: "tokens", Value: l.Tokens},
		{Name: "values", Unit: "values in JSON", Value: l.Values},
	}
	for i := range list {
		list[i].Flag = "--max-" + list[i].Name
	}
	return list
}
