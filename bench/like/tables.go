package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"parley/store"
)

// copyTables returns the name and the text of the next migration: the tables and indexes of a type, as all migrations leave them, under the
// name of another type.
func copyTables(ctx context.Context, old, word string) (file, text string, err error) {
	dir, err := os.MkdirTemp("", "like")
	if err != nil {
		return "", "", fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is temporary
	path := filepath.Join(dir, "parley.db")
	st, err := store.Open(ctx, path)
	if err != nil {
		return "", "", fmt.Errorf("make a database: %w", err)
	}
	if err := st.Close(); err != nil { //nolint:contextcheck // it closes whatever became of ctx
		return "", "", fmt.Errorf("make a database: %w", err)
	}
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		return "", "", fmt.Errorf("read the tables: %w", err)
	}
	defer db.Close() //nolint:errcheck // it was read
	lower := strings.ToLower(old)
	const query = `SELECT sql FROM sqlite_schema
WHERE sql IS NOT NULL AND (tbl_name = $1 OR tbl_name LIKE $1 || '\_%' ESCAPE '\')
ORDER BY type = 'index', rowid`
	rows, err := db.QueryContext(ctx, query, lower)
	if err != nil {
		return "", "", fmt.Errorf("read the tables: %w", err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err says what went wrong
	rename := renamer(old, word)
	var statements strings.Builder
	for rows.Next() {
		var statement string
		if err := rows.Scan(&statement); err != nil {
			return "", "", fmt.Errorf("read the tables: %w", err)
		}
		statements.WriteString(rename.Replace(statement) + ";\n\n")
	}
	if err := rows.Err(); err != nil {
		return "", "", fmt.Errorf("read the tables: %w", err)
	}
	if text = statements.String(); text == "" {
		return "", "", fmt.Errorf("no table is called %s", lower)
	}
	number, err := nextNumber()
	file = fmt.Sprintf("%04d_%s.sql", number, strings.ToLower(word))
	return filepath.Join("store", "migrations", file), strings.TrimRight(text, "\n") + "\n", err
}

// nextNumber is the number after the highest one of a migration.
func nextNumber() (int, error) {
	names, err := filepath.Glob("store/migrations/*.sql")
	if err != nil || len(names) == 0 {
		return 0, fmt.Errorf("list migrations: %w", err)
	}
	last, err := strconv.Atoi(filepath.Base(names[len(names)-1])[:4])
	if err != nil {
		return 0, fmt.Errorf("read the number of %s: %w", names[len(names)-1], err)
	}
	return last + 1, nil
}
