package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"parley/content"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks the file as parley's ("prly").
const applicationID = 0x70726c79

// migration is one step of the schema: NNNN_what.sql.
type migration struct {
	name, text, checksum string
}

// steps returns the migrations in their order; the number of a step is its place, from 1.
func steps() ([]migration, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	list := make([]migration, len(names))
	for i, name := range names {
		text, err := fs.ReadFile(migrations, name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		sum := sha256.Sum256(text)
		list[i] = migration{name: path.Base(name), text: string(text), checksum: hex.EncodeToString(sum[:])}
	}
	return list, nil
}

// migrate brings the schema to the newest version, each migration in its own transaction, and returns the version
// that it had. It touches the file only once it is known to be parley's, and as this program knows it.
func (s *Store) migrate(ctx context.Context, list []migration) (from int, err error) {
	if from, err = version(ctx, s.writer, list); err != nil {
		return from, err
	}
	// The journal mode is kept in the file. Until something is read in a new one, a checkpoint finds the table locked.
	if _, err := s.writer.ExecContext(ctx, "PRAGMA journal_mode = WAL; SELECT 1 FROM sqlite_schema LIMIT 1"); err != nil {
		return from, fmt.Errorf("use a write-ahead log: %w", err)
	}
	for i := from; i < len(list); i++ {
		if err := s.apply(ctx, list[i], i+1); err != nil {
			return from, fmt.Errorf("migrate with %s: %w", list[i].name, err)
		}
	}
	return from, nil
}

// newestOnly refuses a file whose schema is not that of the steps.
func newestOnly(ctx context.Context, db *sql.DB, list []migration) error {
	taken, err := version(ctx, db, list)
	switch {
	case err != nil:
		return err
	case taken == 0:
		return errors.New("it is not a parley database")
	case taken < len(list):
		return fmt.Errorf("its schema is version %d and this program works with version %d: run parley migrate", taken, len(list))
	}
	return nil
}

// schemaVersion reads how many steps a file has taken.
const schemaVersion = "PRAGMA user_version"

// version returns how many of the steps the file has taken, or an error where this program cannot use it.
func version(ctx context.Context, db *sql.DB, list []migration) (int, error) {
	var version, app, tables int
	row := db.QueryRowContext(ctx, `SELECT
  (SELECT user_version FROM pragma_user_version),
  (SELECT application_id FROM pragma_application_id),
  (SELECT COUNT(*) FROM sqlite_schema)`)
	if err := row.Scan(&version, &app, &tables); err != nil {
		return 0, fmt.Errorf("read the schema version: %w", err)
	}
	switch {
	case tables > 0 && app != applicationID:
		return 0, errors.New("this is a database of another program; name another file with --db")
	case version > len(list):
		return 0, fmt.Errorf("its schema is version %d, this program knows versions up to %d; use a newer parley", version, len(list))
	}
	if version == 0 {
		return 0, nil
	}
	return version, made(ctx, db, list[:version])
}

// made returns an error where the applied migrations of a file are not those steps.
func made(ctx context.Context, db *sql.DB, list []migration) error {
	rows, err := db.QueryContext(ctx, "SELECT name, checksum FROM migration ORDER BY number LIMIT $1", len(list))
	if err != nil {
		return fmt.Errorf("read the applied migrations: %w", err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err says what went wrong
	taken := 0
	for ; rows.Next(); taken++ {
		m, name, sum := list[taken], "", ""
		if err := rows.Scan(&name, &sum); err != nil {
			return fmt.Errorf("read the applied migrations: %w", err)
		}
		if name != m.name || sum != m.checksum {
			return fmt.Errorf("it was created with a %s other than this program's %s; use the parley that created it", name, m.name)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the applied migrations: %w", err)
	}
	if taken < len(list) {
		return fmt.Errorf("the record of migration %d is missing", taken+1)
	}
	return nil
}

// checkSchema refuses a file that a program with a newer schema has migrated, or that is another file now: inside a
// transaction that is exact.
func checkSchema(ctx context.Context, st *statements, known int) error {
	taken := known
	err := st.query(unwatched(ctx), schemaVersion, nil, func(row *row) error { return row.Scan(&taken) })
	switch {
	case err != nil:
		return fmt.Errorf("read the schema version: %w", err)
	case taken > known:
		return content.Errorf(content.Unavailable, "a newer parley has migrated the database to version %d, and this program works with version %d: "+
			"restart the service with the newer parley", taken, known)
	}
	return nil
}

// apply takes one step, unless another process has taken it meanwhile.
func (s *Store) apply(ctx context.Context, m migration, number int) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it has nothing to do
	var taken int
	if err := tx.QueryRowContext(ctx, schemaVersion).Scan(&taken); err != nil || taken >= number {
		return err
	}
	if _, err := tx.ExecContext(ctx, m.text); err != nil {
		return fmt.Errorf("run it: %w", err)
	}
	const record = "INSERT INTO migration (number, name, checksum, at) VALUES ($1, $2, $3, $4)"
	if _, err := tx.ExecContext(ctx, record, number, m.name, m.checksum, s.now().UnixMilli()); err != nil {
		return fmt.Errorf("record it: %w", err)
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d", number, applicationID)); err != nil {
		return fmt.Errorf("number it: %w", err)
	}
	return tx.Commit()
}
