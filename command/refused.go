package command

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"parley/bundle"
)

// refusals are the rows and lines that an import skips. They are written to files of their own, one for each file that they
// are from, before the import is.
type refusals struct {
	dir  string
	dry  bool
	list []bundle.Refusal
	// files are the names and contents of the written files.
	files []refusedFile
}

// refusedFile is a file of refused rows.
type refusedFile struct {
	name          string
	rows, depends int
}

// take writes the refused rows of an import, none where it is a dry run.
func (r *refusals) take(list []bundle.Refusal) error {
	r.list = list
	for len(list) > 0 && !r.dry {
		n := slices.IndexFunc(list, func(x bundle.Refusal) bool { return x.File != list[0].File })
		if n < 0 {
			n = len(list)
		}
		if err := r.write(list[:n]); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// write writes the refused rows of one file.
func (r *refusals) write(list []bundle.Refusal) (err error) {
	ending := filepath.Ext(list[0].File)
	base := strings.TrimSuffix(filepath.Base(list[0].File), ending) + ".refused"
	name := filepath.Join(r.dir, base+ending)
	for n := 2; slices.ContainsFunc(r.files, func(f refusedFile) bool { return f.name == name }); n++ { // of another folder
		name = filepath.Join(r.dir, fmt.Sprintf("%s-%d%s", base, n, ending))
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names the folder
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists and may have been edited: import or remove it, or name another folder with --refused", name)
	}
	if err != nil {
		return fmt.Errorf("write the refused rows: %w", err)
	}
	file := refusedFile{name: name, rows: len(list)}
	for _, x := range list {
		if x.Depends {
			file.depends++
		}
	}
	r.files = append(r.files, file)
	return errors.Join(bundle.WriteRefused(f, list), f.Close())
}

// remove removes the files, where nothing was imported.
func (r *refusals) remove() error {
	var all []error
	for _, f := range r.files {
		all = append(all, os.Remove(f.name))
	}
	return errors.Join(all...)
}

// print says where the refused rows are or, in a dry run, their problems.
func (r *refusals) print(w io.Writer) error {
	var b strings.Builder
	for _, f := range r.files {
		depends := ""
		if f.depends > 0 {
			depends = fmt.Sprintf(", %d of them only because of what they depend on", f.depends)
		}
		fmt.Fprintf(&b, "refused: %d rows%s, with the reasons in %s\n", f.rows, depends, f.name)
	}
	for _, x := range r.list {
		if r.dry {
			fmt.Fprintf(&b, "refused: %s %d of %s: %s\n", map[bool]string{true: "line", false: "row"}[x.Cells == nil], x.Line, x.File, strings.Join(x.Reasons, "; "))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
