package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"parley/content"
)

// statements runs statements at a connection of the driver and keeps them prepared. It works below database/sql: a row then
// costs its columns and no more.
type statements struct {
	driven any // the connection
	most   int // how many are kept
	kept   map[string]statement
	args   []driver.NamedValue // of the one that runs
}

// statement is a prepared statement as the driver has it.
type statement interface {
	driver.Stmt
	driver.StmtQueryContext
	driver.StmtExecContext
}

func (s *statements) prepare(ctx context.Context, text string) (statement, error) {
	if st, ok := s.kept[text]; ok {
		return st, nil
	}
	if len(s.kept) >= s.most {
		for old, st := range s.kept { // any of them
			delete(s.kept, old)
			_ = st.Close()
			break
		}
	}
	c, ok := s.driven.(driver.ConnPrepareContext)
	if !ok {
		return nil, fmt.Errorf("the driver does not prepare statements: %T", s.driven)
	}
	prepared, err := c.PrepareContext(unwatched(ctx), text)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	st, ok := prepared.(statement)
	if !ok {
		return nil, fmt.Errorf("the driver's statements do not take a context: %T", prepared)
	}
	s.kept[text] = st
	return st, nil
}

// bind sets the operands of the statement that is run next.
func (s *statements) bind(args []any) error {
	s.args = s.args[:0]
	for i, a := range args {
		v, err := operandOf(a)
		if err != nil {
			return fmt.Errorf("operand %d: %w", i+1, err)
		}
		s.args = append(s.args, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return nil
}

func operandOf(v any) (driver.Value, error) {
	switch v := v.(type) {
	case string, int64, float64, bool, nil:
		return v, nil
	case int:
		return int64(v), nil
	case content.Revision:
		return int64(v), nil
	case content.Key:
		return int64(v), nil
	default:
		return driver.DefaultParameterConverter.ConvertValue(v)
	}
}

// exec runs a statement that has no rows.
func (s *statements) exec(ctx context.Context, text string, args ...any) (sql.Result, error) {
	st, err := s.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	if err := s.bind(args); err != nil {
		return nil, err
	}
	res, err := st.ExecContext(unwatched(ctx), s.args)
	return res, constraint(err)
}

// query runs a statement and calls the function, which may run others meanwhile, for each of its rows. The end of ctx
// interrupts it.
func (s *statements) query(ctx context.Context, text string, args []any, each func(*row) error) error {
	st, err := s.prepare(ctx, text)
	if err != nil {
		return err
	}
	if err := s.bind(args); err != nil {
		return err
	}
	rows, err := st.QueryContext(ctx, s.args)
	if err != nil {
		return fmt.Errorf("run a statement: %w", err)
	}
	defer rows.Close() //nolint:errcheck // Next says what went wrong
	r := &row{make([]driver.Value, len(rows.Columns()))}
	for {
		switch err := rows.Next(r.columns); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read rows: %w", err)
		}
		for _, v := range r.columns {
			if text, ok := v.(string); ok && !utf8.ValidString(text) {
				return errNotUTF8
			}
		}
		if err := each(r); err != nil {
			return err
		}
	}
}

// execOnce runs statements that are not kept: much of what a PRAGMA does it does when it is prepared.
func (s *statements) execOnce(ctx context.Context, texts string) error {
	c, ok := s.driven.(driver.ExecerContext)
	if !ok {
		return fmt.Errorf("the driver does not run statements: %T", s.driven)
	}
	_, err := c.ExecContext(unwatched(ctx), texts, nil)
	return constraint(err)
}

func (s *statements) close() error {
	var errs []error
	for _, st := range s.kept {
		errs = append(errs, st.Close())
	}
	clear(s.kept)
	return errors.Join(errs...)
}
