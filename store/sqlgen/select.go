package sqlgen

import "slices"

// Table is a table that a statement reads. In a view of the past its rows as they were take its place.
type Table struct {
	Name, Alias string
	Hint        Hint
	Index       string // of INDEXED BY
}

// Hint says how the rows of a table are found.
type Hint int

// The hints. ByKey and ByEnd are about views of the past alone.
const (
	NoHint     Hint = iota
	ByKey           // its rows are looked up by their keys
	ByEnd           // few former rows ended after the revision
	IndexedBy       // by the index that is named
	NotIndexed      // by its key and no other index
)

func (t Table) write(w *renderer) {
	if w.past != nil && HistoryColumns()[t.Name] != nil {
		w.past.replace(w, t)
		return
	}
	w.text(t.Name)
	if t.Alias != "" {
		w.text(" AS ")
		w.text(t.Alias)
	}
	switch t.Hint {
	case IndexedBy:
		w.text(" INDEXED BY ")
		w.text(t.Index)
	case NotIndexed:
		w.text(" NOT INDEXED")
	case NoHint, ByKey, ByEnd:
	}
}

// Join is a table, or what takes the place of one, and how it is joined with those before it.
type Join struct {
	Kind JoinKind
	Of   Expr
	On   Expr // nil where there is no condition
	// Line reports whether it is written on a separate line.
	Line bool
}

// JoinKind is the kind of a join.
type JoinKind string

// The kinds. SQLite keeps the order of the tables of a cross join.
const (
	InnerJoin JoinKind = "JOIN"
	CrossJoin JoinKind = "CROSS JOIN"
	LeftJoin  JoinKind = "LEFT JOIN"
)

// Tables are the tables after FROM.
type Tables []Join

// From returns the one table or expression that is read.
func From(of Expr) Tables { return Tables{{Of: of}} }

// with returns the tables with one more, joined by a condition.
func (f Tables) with(kind JoinKind, of, on Expr) Tables {
	return append(slices.Clip(f), Join{Kind: kind, Of: of, On: on})
}

// joining returns the tables with others, the last of which is joined by one more condition.
func (f Tables) joining(others Tables, on Expr) Tables {
	all := slices.Concat(f, others)
	all[len(f)].Kind = InnerJoin
	last := &all[len(all)-1]
	if last.On != nil {
		on = Format("? AND ?", last.On, on)
	}
	last.On = on
	return all
}

// Hinted returns the tables with a hint at the one of an alias.
func (f Tables) Hinted(alias string, h Hint) Tables {
	hinted := append(Tables{}, f...)
	for i, j := range hinted {
		if t, ok := j.Of.(Table); ok && t.Alias == alias {
			t.Hint = h
			hinted[i].Of = t
		}
	}
	return hinted
}

// Free returns the tables in an order that SQLite may choose.
func (f Tables) Free() Tables {
	free := append(Tables{}, f...)
	for i := range free[1:] {
		free[i+1].Kind = InnerJoin
	}
	return free
}

func (f Tables) write(w *renderer) {
	for i, j := range f {
		if i > 0 {
			if j.Line {
				w.text("\n")
			} else {
				w.text(" ")
			}
			w.text(string(j.Kind))
			w.text(" ")
		}
		j.Of.write(w)
		if j.On != nil {
			w.text(" ON ")
			j.On.write(w)
		}
	}
}

// Select is a SELECT. Its clauses are written on separate lines, or with Line on one.
type Select struct {
	With  []CTE
	Cols  []Expr
	From  Tables
	Where Expr
	Order Expr
	Limit Expr
	Line  bool
}

func (s *Select) write(w *renderer) {
	for i, c := range s.With {
		if i == 0 {
			w.text("WITH ")
		} else {
			w.text(",\n")
		}
		w.text(c.Name)
		w.text(" AS MATERIALIZED (")
		c.Of.write(w)
		w.text(")")
	}
	if len(s.With) > 0 {
		w.text("\n")
	}
	w.text("SELECT ")
	list{", ", s.Cols}.write(w)
	if s.From != nil {
		s.clause(w, "FROM ", s.From)
	}
	s.clause(w, "WHERE ", s.Where)
	s.clause(w, "ORDER BY ", s.Order)
	s.clause(w, "LIMIT ", s.Limit)
}

// CTE is a SELECT that is run once, under a name.
type CTE struct {
	Name string
	Of   Expr
}

func (s *Select) clause(w *renderer, name string, of Expr) {
	switch {
	case of == nil:
		return
	case s.Line:
		w.text(" ")
	default:
		w.text("\n")
	}
	w.text(name)
	of.write(w)
}
