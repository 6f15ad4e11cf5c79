package store

import (
	"context"
	"fmt"
)

// atOnce is how many short rows one statement inserts at most.
const atOnce = 64

// batchInserter inserts rows that are known not to be there yet into some columns of a table, many in one statement: the
// statement costs more than a short row does. It is not for full-text indexes, which write out what they have gathered at a
// statement of many rows.
type batchInserter struct {
	table   string
	columns []string
	most    int            // rows of one statement, a power of two
	values  []any          // of the rows that wait
	texts   map[int]string // the statements, by how many rows they insert
}

// add inserts a row, sooner or later.
func (a *batchInserter) add(ctx context.Context, w *writer, row ...any) error {
	if a.values = append(a.values, row...); len(a.values) < a.most*len(a.columns) {
		return nil
	}
	return a.flush(ctx, w)
}

// flush inserts the rows that wait. Their number is divided into powers of two, so that few statements are prepared.
func (a *batchInserter) flush(ctx context.Context, w *writer) error {
	values := a.values
	for n := a.most; len(values) > 0; n /= 2 {
		size := n * len(a.columns)
		if len(values) < size {
			continue
		}
		if _, err := w.exec(ctx, a.text(n), values[:size]...); err != nil {
			return fmt.Errorf("insert into %s: %w", a.table, err)
		}
		if values = values[size:]; len(values) >= size {
			n *= 2
		}
	}
	clear(a.values)
	a.values = a.values[:0]
	return nil
}

// text is the statement that inserts so many rows. It says OR FAIL, since a statement that might have to take back some of
// its rows makes the full-text indexes write out theirs.
func (a *batchInserter) text(rows int) string {
	if a.texts == nil {
		a.texts = map[int]string{}
	}
	if a.texts[rows] == "" {
		a.texts[rows] = insertion("INSERT OR FAIL", a.table, a.columns, rows)
	}
	return a.texts[rows]
}

// batchInserters are appenders of several tables, which wait for each other in this order.
type batchInserters []*batchInserter

func (list batchInserters) flush(ctx context.Context, w *writer) error {
	for _, a := range list {
		if err := a.flush(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// columnNames are the columns of cells.
func columnNames(row []cell) []string {
	names := make([]string, len(row))
	for i, c := range row {
		names[i] = c.column
	}
	return names
}
