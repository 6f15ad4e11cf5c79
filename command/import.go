package command

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"parley/bundle"
	"parley/bundle/intake"
	"parley/content"
	"parley/service"
	"parley/store"
)

// importCmd takes content into a database.
type importCmd struct {
	Paths  []string `arg:"" name:"path" help:"Files (.csv, .tsv, .jsonl, .json) or folders (bundles, or folders of such files)."`
	DB     string   `default:"parley.db" env:"PARLEY_DB" help:"Database file, created if missing. A server may be using it."`
	From   string   `enum:",ucdp-peace-agreements,eth-prio-ceasefires" default:"" help:"Format of a published data set: ucdp-peace-agreements or eth-prio-ceasefires. Takes one file."`
	Type   string   `help:"Type of the rows, such as events, for a sheet whose file name does not give it."`
	Prune  bool     `help:"Delete items that are in the database but not in the files."`
	DryRun bool     `help:"Print the changes, including all values that would be cleared, without writing them."`

	ClearAbsent bool   `help:"Clear fields whose columns or keys are absent from sheets and JSON, as in bundles. By default they are left unchanged."`
	DateOrder   string `enum:",dmy,mdy" default:"" help:"Order of numeric dates in sheets: dmy reads 24/11/2023, mdy reads 11/24/2023. EDTF dates are always read."`
	Overwrite   bool   `help:"Overwrite items that changed in the database after their files were exported. By default they are reported as CONFLICT."`
	Withheld    bool   `help:"Publish nothing. New items are WITHHELD, and existing items do not become more visible."`

	SkipInvalid bool   `help:"Import the valid rows of sheets and lines of JSON Lines, and write the invalid ones, with reasons, to separate files."`
	Refused     string `default:"." placeholder:"FOLDER" help:"Folder for the files of refused rows, such as events.refused.csv, that --skip-invalid writes."`

	Author string `default:"import" help:"Author of the revision."`
	Reason string `default:"IMPORT" help:"Reason for the revision: a value of RevisionReason in the schema."`
	Note   string `help:"Public note on the revision."`
	Quiet  bool   `help:"Print errors only."`
}

// Run makes one revision of what differs, or none, and prints what became of the items.
func (c importCmd) Run(ctx context.Context, std streams) (err error) {
	o := intake.Options{
		Author: c.Author, Reason: content.RevisionReason(strings.ToUpper(c.Reason)), Note: c.Note,
		Prune: c.Prune, Overwrite: c.Overwrite, Withheld: c.Withheld, DryRun: c.DryRun,
	}
	o.Now = time.Now() //nolint:forbidigo // the edge where the clock is read
	if o.Reason, err = enumValue(o.Reason, "--reason"); err != nil {
		return err
	}
	t, err := typeNamed(c.Type)
	if err != nil {
		return err
	}
	if c.SkipInvalid && c.Prune {
		return errors.New("--skip-invalid and --prune cannot be combined: the items of refused rows would be deleted")
	}
	st, end, err := c.open(ctx, std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	shown := &differences{out: std.text, names: namesOf(ctx, st)}
	if c.DryRun {
		o.Differs = shown.add
	}
	if c.From != "" {
		return c.dataset(ctx, st, o, shown, std)
	}
	p := newProgress(std.err, c.Quiet, sizeOf(c.Paths), "items")
	from := bundle.Source{Paths: c.Paths, Type: t, ClearAbsent: c.ClearAbsent, DateOrder: content.DateOrder(c.DateOrder), Progress: p.bytes}
	from.Record = recordFor(ctx, st, c.Prune)
	o.Each = p.item
	skipped := &refusals{dir: c.Refused, dry: c.DryRun}
	if c.SkipInvalid {
		from.Refused = skipped.take
	}
	report, err := runImport(ctx, st, bundle.Read(from), o, p, shown)
	if err != nil {
		return errors.Join(err, skipped.remove())
	}
	if c.Quiet {
		return nil
	}
	return errors.Join(skipped.print(std.text), printReport(std.text, report, c.DryRun))
}

// recordFor is what files are read for.
func recordFor(ctx context.Context, record intake.Record, prune bool) bundle.Record {
	return bundle.Record{
		Replaced:    prune,
		Slugs:       func(t *content.Type) (map[content.Slug]content.Key, error) { return record.Slugs(ctx, 0, t) },
		Identifiers: func(t *content.Type) (map[content.ExternalID]content.Key, error) { return record.Identifiers(ctx, t) },
		Name: func(ref content.Ref) (string, error) {
			found, err := record.Find(ctx, content.TypeNamed(ref.Type), []content.Key{ref.Key})
			name, _ := found[ref.Key].Values["name"].(string)
			return name, err
		},
	}
}

// open opens the database. A dry run makes none, and leaves its schema as it is: where there is no database it compares with
// an empty one.
func (c importCmd) open(ctx context.Context, std streams) (record intake.Record, end func() error, err error) {
	if c.DryRun && service.RequireExists(c.DB) != nil {
		if !c.Quiet {
			fmt.Fprintf(std.err, "there is no database %s: the files are compared with an empty database\n", c.DB) //nolint:errcheck // a failed write has no reader
		}
		return intake.Empty{}, func() error { return nil }, nil
	}
	var st *store.Store
	if c.DryRun {
		st, err = openToRead(ctx, c.DB)
	} else {
		st, err = openMigrated(ctx, c.DB, std)
	}
	if err != nil {
		return nil, nil, err
	}
	return st, st.Close, nil
}

// runImport takes items into a record, and shows how far it is.
func runImport(ctx context.Context, record intake.Record, items iter.Seq2[content.Item, error], o intake.Options, p *progress, shown *differences) (intake.Report, error) {
	report, err := intake.Take(ctx, record, items, o)
	p.end()
	shown.end()
	var problems bundle.Problems
	var refused content.Problems
	var conflicts intake.Conflicts
	switch {
	case errors.As(err, &conflicts):
		return report, shown.conflicts(conflicts)
	case errors.As(err, &refused):
		return report, fmt.Errorf("nothing was written, problems: %d\n%w", len(refused), errors.Join(refused.Unwrap()...))
	case errors.As(err, &problems):
		return report, fmt.Errorf("nothing was written, problems: %d\n%w", len(problems), problems)
	case errors.Is(err, context.Canceled):
		return report, errors.New("stopped: nothing was written")
	}
	return report, err
}

// typeNamed is the type of a name or of the name of its list; nil for no name.
func typeNamed(name string) (*content.Type, error) {
	if name == "" {
		return nil, nil //nolint:nilnil // none was asked for
	}
	var names []string
	for _, t := range content.Types() {
		if strings.EqualFold(name, t.Plural) || strings.EqualFold(name, t.Name) {
			return t, nil
		}
		names = append(names, t.Plural)
	}
	return nil, fmt.Errorf("there is no type %q: --type must be one of %s", name, strings.Join(names, ", "))
}

// enumValue returns a value of an enumeration, or says which there are.
func enumValue[E interface {
	~string
	Values() []string
}](v E, flag string) (E, error) {
	if slices.Contains(v.Values(), string(v)) {
		return v, nil
	}
	return v, fmt.Errorf("%s cannot be %q: it is one of %s", flag, string(v), strings.Join(v.Values(), ", "))
}
