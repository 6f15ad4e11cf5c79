// Command serve measures parley beside a ceiling and a floor, with wrk: net/http that returns ready bytes, and a handler
// written by hand for the queries that are measured. Each runs in a separate process.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/alecthomas/kong"
)

// cli is the command line.
type cli struct {
	Run     runCmd     `cmd:"" default:"withargs" help:"Measure reads between ceiling and floor (the default)."`
	Writes  writesCmd  `cmd:"" help:"Measure kept answers while the record changes."`
	Starts  startsCmd  `cmd:"" help:"Measure the time from exec to the first answer."`
	Growth  growthCmd  `cmd:"" help:"Measure reads of a larger data set beside a smaller one."`
	Ceiling ceilingCmd `cmd:"" hidden:"" help:"Answer with the bytes of a file."`
	Floor   floorCmd   `cmd:"" hidden:"" help:"Answer the queries by hand."`
}

// ceilingCmd serves ready bytes.
type ceilingCmd struct {
	Answer string `required:"" help:"File with the answer."`
}

// Run serves until the process ends.
func (c ceilingCmd) Run() error {
	answer, err := os.ReadFile(c.Answer)
	if err != nil {
		return err
	}
	return serve(ceiling(answer))
}

// floorCmd serves the queries as written by hand.
type floorCmd struct {
	DB string `required:"" help:"Database."`
}

// Run serves until the process ends.
func (c floorCmd) Run() error {
	f, err := newFloor(context.Background(), c.DB)
	if err != nil {
		return err
	}
	return serve(f)
}

// serve says where it listens, in the words that parley's log has for it.
func serve(h http.Handler) error {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(os.Stderr, "url=http://%s/\n", l.Addr())
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	return srv.Serve(l)
}

func main() {
	k := kong.Parse(&cli{}, kong.Name("serve"), kong.Description("Measures parley between a ceiling and a floor."), kong.UsageOnError())
	k.FatalIfErrorf(k.Run())
}
