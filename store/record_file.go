package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"parley/content"
)

// recordFile is the file "<database>-record" beside a database. It says which record the database held when it was last written,
// in which file and up to which revision, and it is locked, shared, while a process has the database open: restore and backup do not
// replace a database that is in use.
type recordFile struct {
	path string
	file *os.File
	last recordMark // what this process wrote last
}

// recordMark is the content of a record file.
type recordMark struct {
	id    string
	inode uint64
	head  content.Revision // at least this one was acknowledged
}

// markLayout has the same length for all marks, so that each write replaces the last one whole.
const markLayout = "%-32s %020d %020d\n"

// openRecordFile opens the record file of a database and locks it, for this process alone or shared. It returns nil where there is
// none, and create is false or it cannot be made: a folder that cannot be written has no room for the log of a database either.
func openRecordFile(db string, alone, create bool) (*recordFile, error) {
	path := db + "-record"
	for range 10 { // it may be replaced between the opening and the lock
		f, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec,nolintlint // beside the database file that was named; not each run of gosec finds it
		if create && errors.Is(err, fs.ErrNotExist) {
			f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec,nolintlint // beside the database file that was named; not each run of gosec finds it
		}
		if err != nil && !create {
			f, err = os.Open(path) //nolint:gosec,nolintlint // beside the database file that was named; not each run of gosec finds it
		}
		switch {
		case err != nil && (!create || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || errors.Is(err, fs.ErrNotExist)):
			return nil, nil //nolint:nilnil // there is none
		case err != nil:
			return nil, fmt.Errorf("open %s: %w", filepath.Base(path), unwrapPath(err))
		}
		if !tryLock(f, alone) {
			_ = f.Close()
			if alone {
				return nil, fmt.Errorf("%s is in use by a server or another command: stop the server before you replace it", db)
			}
			return nil, content.Errorf(content.Unavailable, "it is being restored: try again in a moment")
		}
		opened, err := f.Stat()
		now, gone := os.Stat(path) //nolint:gosec,nolintlint // beside the database file that was named; not each run of gosec finds it
		if err == nil && gone == nil && os.SameFile(opened, now) {
			return &recordFile{path: path, file: f}, nil
		}
		_ = f.Close()
	}
	return nil, fmt.Errorf("%s is replaced again and again", filepath.Base(path))
}

// read returns what the file says; ok is false where it says nothing that can be relied on.
func (r *recordFile) read() (m recordMark, ok bool) {
	if r == nil {
		return m, false
	}
	b := make([]byte, len(fmt.Sprintf(markLayout, "", 0, 0)))
	if _, err := r.file.ReadAt(b, 0); err != nil {
		return m, false
	}
	_, err := fmt.Sscanf(string(b), "%s %d %d\n", &m.id, &m.inode, &m.head)
	return m, err == nil
}

// write replaces what the file says. Where that fails the file is removed: a record without one gets another id when it is opened.
func (r *recordFile) write(m recordMark) {
	if r == nil {
		return
	}
	if _, err := r.file.WriteAt(fmt.Appendf(nil, markLayout, m.id, m.inode, m.head), 0); err != nil {
		_ = os.Remove(r.path)
	}
	r.last = m
}

// advance says that a revision was committed. Another process may have committed a later one and said so. The file is not flushed
// to disk: after a power failure it may say less than the database holds, and that is in order.
func (r *recordFile) advance(head content.Revision) {
	if r == nil || head <= r.last.head {
		return
	}
	m := recordMark{r.last.id, r.last.inode, head}
	if was, ok := r.read(); ok && was.id == m.id && was.head >= head {
		r.last = was
		return
	}
	r.write(m)
}

// close releases the lock.
func (r *recordFile) close() error {
	if r == nil {
		return nil
	}
	return r.file.Close()
}
