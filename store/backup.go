package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"parley/content"
)

// Backup copies the database at db, which may be in use, into a file, and returns the revision that the copy holds. The
// copy is one moment of the record. It takes the place of a former file only once it is on disk and was found sound; it
// is for its owner alone to read, since hashes of tokens are in it. Folders that are missing on the way to it are made, also
// for the owner alone.
func Backup(ctx context.Context, db, file string) (content.Revision, error) {
	switch own, err := sameFile(db, file); {
	case err != nil:
		return 0, err
	case own:
		return 0, fmt.Errorf("%s is the database itself: name another file for the backup", file)
	}
	if there, err := os.Stat(file); err == nil && there.Size() > 0 {
		if _, err := sound(ctx, file); err != nil {
			return 0, fmt.Errorf("%s exists and is not a backup: %w", file, fileFault(file, err))
		}
	}
	if _, err := os.Stat(db); err != nil {
		return 0, fmt.Errorf("open %s: %w", db, unwrapPath(err))
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return 0, fmt.Errorf("create the folder of the backup: %w", err)
	}
	used, err := openRecordFile(file, true, false)
	if err != nil {
		return 0, err
	}
	defer used.close() //nolint:errcheck // nothing was written
	rev, _, err := copyInto(ctx, db, file, false, false)
	return rev, err
}

// Restore creates the database at db from a backup, and returns the revision that it holds. A database that is there
// is only replaced by force, and never while it is in use. Its record gets another id. A file
// that is not a sound parley database, or has a newer schema than this program knows, is an error, and the database at db stays.
func Restore(ctx context.Context, file, db string, force bool) (content.Revision, error) {
	own, err := sameFile(db, file)
	switch {
	case err != nil:
		return 0, err
	case own:
		return 0, fmt.Errorf("%s is the database itself: name the file of a backup", file)
	}
	if _, err := os.Stat(db); err == nil && !force {
		return 0, fmt.Errorf("%s exists: name another file with --db, or replace it with --force", db)
	}
	mark, err := openRecordFile(db, true, true)
	if err != nil {
		return 0, err
	}
	defer func() {
		if _, missing := os.Stat(db); missing != nil && mark != nil {
			_ = os.Remove(mark.path) // nothing was restored
		}
		_ = mark.close()
	}()
	if _, err := os.Stat(db); err == nil {
		if err := unused(ctx, db); err != nil {
			return 0, err
		}
	}
	rev, id, err := copyInto(ctx, file, db, true, true)
	if err != nil {
		return 0, err
	}
	if info, err := os.Stat(db); err == nil {
		mark.write(recordMark{id, inodeOf(info), rev})
	}
	for _, log := range []string{"-wal", "-shm"} { // of the database that was there
		if err := os.Remove(db + log); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return 0, fmt.Errorf("remove the former log: %w", err)
		}
	}
	return rev, nil
}

// sameFile reports whether two names lead to one file.
func sameFile(a, b string) (bool, error) {
	x, err := os.Stat(a)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look at %s: %w", a, err)
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y), nil
}

// copyInto copies a database, which a server may use unless it is known as unused, into a file beside its place, looks
// whether it is sound, and moves it there. With renew its record gets another id, which is returned.
func copyInto(ctx context.Context, from, to string, unused, renew bool) (rev content.Revision, id string, err error) {
	if _, err := os.Stat(from); err != nil {
		return 0, "", fmt.Errorf("open %s: %w", from, unwrapPath(err))
	}
	f, err := os.CreateTemp(filepath.Dir(to), "."+filepath.Base(to)+".*") // mode 0600
	if err != nil {
		return 0, "", fmt.Errorf("create the temporary file: %w", err)
	}
	temp := f.Name()
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp))
		}
	}()
	defer f.Close() //nolint:errcheck // what matters is Sync
	if err := copyPages(ctx, from, temp, unused); err != nil {
		return 0, "", fmt.Errorf("copy %s: %w", from, fileFault(from, err))
	}
	if rev, err = sound(ctx, temp); err != nil {
		return 0, "", fmt.Errorf("the copy of %s is damaged: %w", from, fileFault(temp, err))
	}
	if renew {
		if id, err = renewRecord(ctx, temp); err != nil {
			return 0, "", fmt.Errorf("renew the id of the record: %w", fileFault(temp, err))
		}
	}
	if err := f.Sync(); err != nil {
		return 0, "", fmt.Errorf("write the copy to disk: %w", err)
	}
	if err := os.Rename(temp, to); err != nil {
		return 0, "", fmt.Errorf("rename the copy: %w", err)
	}
	return rev, id, syncFolder(filepath.Dir(to))
}

// copyPages copies all pages in one step: a copy in parts would start again at each commit beside it, and never end.
func copyPages(ctx context.Context, from, to string, unused bool) (err error) {
	how, err := findReadable(ctx, from, unused)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", dsn(from, how.mode, how.options))
	if err != nil {
		return fmt.Errorf("open it: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("open it: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	return conn.Raw(func(driver any) error {
		source, ok := driver.(interface {
			NewBackup(uri string) (*sqlite.Backup, error)
		})
		if !ok {
			return errors.New("the driver does not support backups")
		}
		b, err := source.NewBackup(dsn(to, "rw", ""))
		if err != nil {
			return fmt.Errorf("begin: %w", err)
		}
		_, err = b.Step(-1)
		return errors.Join(err, b.Finish())
	})
}

// sound returns the newest revision of a database file that is not in use, or an error where this program cannot serve it.
func sound(ctx context.Context, file string) (rev content.Revision, err error) {
	list, err := steps()
	if err != nil {
		return 0, err
	}
	db, err := sql.Open("sqlite", dsn(file, "ro", "immutable=1"))
	if err != nil {
		return 0, fmt.Errorf("open it: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	number, err := version(ctx, db, list)
	switch {
	case err != nil:
		return 0, err
	case number == 0:
		return 0, errors.New("it is not a parley database")
	}
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return 0, fmt.Errorf("check it: %w", err)
	}
	if verdict != "ok" {
		return 0, fmt.Errorf("it is damaged: %s", verdict)
	}
	if err := db.QueryRowContext(ctx, "SELECT COALESCE(MAX(number), 0) FROM revision").Scan(&rev); err != nil {
		return 0, fmt.Errorf("read the newest revision: %w", err)
	}
	return rev, nil
}

// unused returns an error where a process has the database open. One that is damaged may be replaced.
func unused(ctx context.Context, file string) (err error) {
	db, err := sql.Open("sqlite", dsn(file, "rw", "_pragma=busy_timeout(500)"))
	if err != nil {
		return fmt.Errorf("open %s: %w", file, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	// Only the one connection of a database can leave the write-ahead log.
	_, err = db.ExecContext(ctx, "PRAGMA journal_mode = DELETE")
	if failed, ok := errors.AsType[*sqlite.Error](err); ok {
		if code := failed.Code() & 0xff; code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED {
			return fmt.Errorf("%s is in use: stop the server before you restore", file)
		}
	}
	return nil
}

// syncFolder writes the names of a folder to disk.
func syncFolder(dir string) error {
	f, err := os.Open(dir) //nolint:gosec // the operator names it
	if err != nil {
		return fmt.Errorf("open %s: %w", dir, err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	if err := f.Sync(); err != nil {
		return fmt.Errorf("write %s to disk: %w", dir, err)
	}
	return nil
}
