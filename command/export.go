package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"parley/bundle"
	"parley/content"
)

// exportCmd writes the content of a database into files.
type exportCmd struct {
	Path        string `arg:"" help:"Folder for a bundle or sheets, or file for one sheet (.csv) or JSON Lines (.jsonl). - is standard output."`
	DB          string `default:"parley.db" env:"PARLEY_DB" help:"Database file. A server may be using it."`
	Format      string `enum:",bundle,csv,jsonl" default:"" help:"Format: bundle, csv or jsonl. Defaults to the format of the file extension, or bundle."`
	Type        string `help:"Item type of a sheet, such as events. Defaults to the file name."`
	AtRevision  int64  `help:"Export the record as of this revision. Defaults to the newest."`
	Prune       bool   `help:"Remove content files without a corresponding item."`
	Flat        bool   `help:"Write sheets for analysis, with names beside slugs, bounds beside dates and a sheet for each list. They cannot be imported."`
	Unpublished bool   `help:"Include unpublished content: drafts, embargoed and withdrawn items, and references to them. By default, an export holds public content only."`
	NoRevision  bool   `help:"Omit the revision of each item, which import uses to detect conflicts. For files that are kept and edited under version control."`
	Quiet       bool   `help:"Print errors only."`
}

// Run writes the record of one revision. The same record is the same bytes.
func (c exportCmd) Run(ctx context.Context, std streams) (err error) {
	t, err := typeNamed(c.Type)
	if err != nil {
		return err
	}
	st, err := openToRead(ctx, c.DB)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }() //nolint:contextcheck // it closes after ctx has ended
	head, err := st.Head(ctx)
	if err != nil {
		return err
	}
	at := head
	if c.AtRevision != 0 {
		if at = content.Revision(c.AtRevision); at < 1 || at > head {
			return fmt.Errorf("there is no revision %d: the newest is %d", at, head)
		}
	}
	p := newProgress(std.err, c.Quiet || c.Path == "-", 0, "items")
	defer p.end()
	w := exporting{ctx: ctx, out: std.out, from: st, at: at, each: p.item}
	if !c.Unpublished {
		public, err := bundle.NewPublished(ctx, w.from, at)
		if err != nil {
			return err
		}
		if public.LeftOut > 0 && !c.Quiet {
			fmt.Fprintf(std.err, "%d published items are omitted because their issue or only source is unpublished: --unpublished exports them\n", public.LeftOut) //nolint:errcheck // a failed write has no reader
		}
		w.from = public
	}
	if c.NoRevision {
		w.from = undated{w.from}
	}
	if c.Flat {
		return w.flat(c, t)
	}
	switch format := c.format(); {
	case format == "bundle" && c.Path == "-":
		return errors.New("a bundle is a folder: name one, or use --format jsonl")
	case format == "bundle":
		return w.bundle(c)
	case format == "jsonl":
		return w.file(c.Path, func(out io.Writer) error { return bundle.WriteLines(ctx, out, w.from, at, p.item) })
	case t == nil && c.Path != "-" && !isSheet(c.Path):
		return w.sheets(c.Path)
	default:
		if t == nil {
			if t, err = bundle.TypeOfSheet(c.Path); err != nil {
				return err
			}
		}
		return w.sheet(c.Path, t)
	}
}

// format is the requested format, or the one of the path's extension.
func (c exportCmd) format() string {
	switch {
	case c.Format != "":
		return c.Format
	case isSheet(c.Path):
		return "csv"
	case strings.EqualFold(filepath.Ext(c.Path), ".jsonl"):
		return "jsonl"
	default:
		return "bundle"
	}
}

func isSheet(path string) bool { return strings.EqualFold(filepath.Ext(path), ".csv") }

// exporting is one export.
type exporting struct {
	ctx  context.Context //nolint:containedctx // of the one call of Run
	from bundle.Contents
	at   content.Revision
	each func()
	out  io.Writer
}

// undated is a record whose items do not say which revision made them.
type undated struct{ bundle.Contents }

// Items hands the items of a type to a function.
func (u undated) Items(ctx context.Context, at content.Revision, t *content.Type, each func(content.Item) error) error {
	return u.Contents.Items(ctx, at, t, func(item content.Item) error {
		item.Revision = 0
		return each(item)
	})
}

func (w exporting) bundle(c exportCmd) error {
	done, err := bundle.WriteDir(w.ctx, c.Path, w.from, w.at, c.Prune, w.each)
	if err != nil || c.Quiet {
		return err
	}
	_, err = fmt.Fprintf(w.out, "%d items of revision %d in %s: %d files written, %d removed\n",
		done.Items, w.at, c.Path, done.Changed, done.Removed)
	return err
}

// sheets writes a sheet for each type into a folder.
func (w exporting) sheets(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("create the folder: %w", err)
	}
	for _, t := range content.Types() {
		if err := w.sheet(filepath.Join(dir, t.Plural+".csv"), t); err != nil {
			return err
		}
	}
	return nil
}

// flat writes sheets for analysis: one, or all of them into a folder.
func (w exporting) flat(c exportCmd, t *content.Type) (err error) {
	if c.Format != "" && c.Format != "csv" {
		return fmt.Errorf("--flat writes sheets, not %s", c.Format)
	}
	one := c.Path == "-" || isSheet(c.Path)
	if one && t == nil {
		if t, err = bundle.TypeOfSheet(c.Path); err != nil {
			return err
		}
	}
	f, err := bundle.NewFlat(w.ctx, w.from, w.at, w.each)
	if err != nil {
		return err
	}
	if one {
		return w.file(c.Path, func(out io.Writer) error { return f.Items(out, t) })
	}
	if err := os.MkdirAll(c.Path, 0o700); err != nil {
		return fmt.Errorf("create the folder: %w", err)
	}
	for _, typ := range content.Types() {
		if t != nil && typ != t {
			continue
		}
		err := w.file(filepath.Join(c.Path, typ.Plural+".csv"), func(out io.Writer) error { return f.Items(out, typ) })
		for _, list := range bundle.Lists(typ) {
			if err == nil {
				name := filepath.Join(c.Path, typ.Plural+"_"+list.Name+".csv")
				err = w.file(name, func(out io.Writer) error { return f.List(out, typ, list) })
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w exporting) sheet(path string, t *content.Type) error {
	return w.file(path, func(out io.Writer) error { return bundle.WriteSheet(w.ctx, out, w.from, w.at, t, w.each) })
}

// file writes a file that takes its place once it is whole.
func (w exporting) file(path string, write func(io.Writer) error) (err error) {
	if path == "-" {
		out := bufio.NewWriterSize(w.out, 64<<10)
		return errors.Join(write(out), out.Flush())
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("create the temporary file: %w", err)
	}
	out := bufio.NewWriterSize(f, 64<<10)
	err = write(out)
	err = errors.Join(err, out.Flush(), f.Close()) // mode 0600
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
