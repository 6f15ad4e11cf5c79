package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"parley/content"
)

// errDamaged is the error that clients get for a file with damaged pages.
var errDamaged = content.Errorf(content.Unavailable, "the database of the service is damaged: the operator must restore a backup")

// errNotUTF8 is a text that was read and that no program wrote: all texts are checked before they are written.
var errNotUTF8 = errors.New("a text in the database is not valid UTF-8")

// damage is the known state of a database file.
type damage struct {
	found   atomic.Pointer[string] // the first fault that was found; nil where none is known
	checked atomic.Bool            // whether the file was checked to its end
}

// note keeps an error that says that the file is damaged, and returns it as clients see it. Any other error stays as it is.
func (d *damage) note(err error) error {
	if err == nil || !isDamage(err) || errors.Is(err, errDamaged) {
		return err
	}
	d.report(err.Error())
	return fmt.Errorf("%w: %w", errDamaged, err)
}

func (d *damage) report(what string) { d.found.CompareAndSwap(nil, &what) }

// isDamage reports whether an error says that the pages of a file are not what SQLite wrote.
func isDamage(err error) bool {
	code, _ := primary(err)
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB || errors.Is(err, errNotUTF8)
}

// Damage returns what a read or [Store.CheckFile] found wrong with the file first, or an empty text; and whether the file was checked
// to its end.
func (s *Store) Damage() (what string, checked bool) {
	if found := s.damage.found.Load(); found != nil {
		what = *found
	}
	return what, s.damage.checked.Load()
}

// CheckFile has SQLite look at the structure of each table and index, one after another on a separate connection, and returns what is
// wrong. It rests after each table for as long as that took, up to a second. The write-ahead log grows while a table is looked at.
func (s *Store) CheckFile(ctx context.Context) (problems []string, err error) {
	db, err := sql.Open("sqlite", dsn(s.path, s.how.mode, s.how.options+cellSizes))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", s.path, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	tables, err := readTexts(ctx, db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name")
	if err != nil {
		return nil, s.damage.note(err)
	}
	for _, table := range tables {
		start := time.Now() //nolint:forbidigo // a duration of the machine, not a time of the record
		said, err := readTexts(ctx, db, `PRAGMA quick_check("`+table+`")`)
		if err != nil {
			return problems, s.damage.note(fmt.Errorf("check %s: %w", table, err))
		}
		for _, problem := range said {
			if problem != "ok" {
				problems = append(problems, table+": "+problem)
			}
		}
		if len(problems) > 0 {
			s.damage.report(problems[0])
		}
		select {
		case <-time.After(min(time.Since(start), time.Second)):
		case <-ctx.Done():
			return problems, ctx.Err()
		}
	}
	s.damage.checked.Store(true)
	return problems, nil
}

// readTexts reads a statement with one column of texts.
func readTexts(ctx context.Context, db *sql.DB, statement string) (list []string, err error) {
	rows, err := db.QueryContext(ctx, statement)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err says what went wrong
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		list = append(list, strings.ToValidUTF8(text, "?"))
	}
	return list, rows.Err()
}
