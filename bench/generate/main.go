// Command generate writes the big data set of the measurements into a database.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"parley/bench/data"
	"parley/store"
)

// cli is the command line.
type cli struct {
	Events int    `default:"200000" help:"Number of events; everything else is in proportion."`
	DB     string `default:"bench.db" help:"Database file to make."`
}

// Run writes the set as one revision.
func (c cli) Run() error {
	ctx := context.Background()
	if _, err := os.Stat(c.DB); err == nil {
		return fmt.Errorf("%s is there already: remove it or name another file with --db", c.DB)
	}
	st, err := store.Open(ctx, c.DB)
	if err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	begin := time.Now() //nolint:forbidigo // a measurement
	rev, err := st.Write(ctx, data.New(c.Events).Stream())
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	_, _ = fmt.Fprintf(os.Stdout, "%d events in %s as revision %d, in %s\n", c.Events, c.DB, rev, time.Since(begin).Round(time.Millisecond))
	return st.Close()
}

func main() {
	k := kong.Parse(&cli{}, kong.Name("generate"), kong.Description("Writes the big data set of the measurements."), kong.UsageOnError())
	k.FatalIfErrorf(k.Run())
}
