package command

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress shows how far long work is: a bar on a terminal, a line every few seconds elsewhere, nothing where it is to
// be quiet. It is safe for use by several goroutines.
type progress struct {
	mu          sync.Mutex
	out         io.Writer
	bar         *progressbar.ProgressBar
	quiet       bool
	unit        string
	total       int64 // bytes to read, or items to write; 0 where it is not known
	byByte      bool
	read, items int64
	begin, said time.Time
	now         func() time.Time
}

// every is how often a line is printed where there is no terminal.
const every = 5 * time.Second

// newProgress shows work of so many bytes, or of unknown size where that is 0, on w.
func newProgress(w io.Writer, quiet bool, bytes int64, unit string) *progress {
	p := &progress{out: w, quiet: quiet, total: bytes, byByte: bytes > 0, unit: unit, now: time.Now} //nolint:forbidigo // the edge where the clock is read
	p.begin = p.now()
	p.said = p.begin
	if !quiet && isTerminal(w) {
		total := bytes
		if total == 0 {
			total = -1
		}
		p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(w), progressbar.OptionClearOnFinish(),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(30), progressbar.OptionSpinnerType(14))
	}
	return p
}

// bytes counts bytes that were read.
func (p *progress) bytes(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.read += int64(n)
	if p.bar != nil {
		_ = p.bar.Add(n)
	}
}

// item counts an item that was processed.
func (p *progress) item() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.items++
	if p.quiet || p.items%100 > 0 {
		return
	}
	now := p.now()
	if p.bar != nil {
		p.bar.Describe(fmt.Sprintf("%d %s, %d/s", p.items, p.unit, p.rate(now)))
		if !p.byByte {
			_ = p.bar.Add(100)
		}
		return
	}
	if now.Sub(p.said) >= every {
		p.said = now
		p.line(now)
	}
}

// rate is how many items were dealt with in a second.
func (p *progress) rate(now time.Time) int64 {
	return int64(float64(p.items) / max(now.Sub(p.begin).Seconds(), 0.001))
}

func (p *progress) line(now time.Time) {
	left := ""
	if p.byByte && p.read > 0 && p.read < p.total {
		spent := now.Sub(p.begin)
		rest := time.Duration(float64(spent) * float64(p.total-p.read) / float64(p.read))
		left = fmt.Sprintf(", %d %% read, %s left", p.read*100/p.total, rest.Round(time.Second))
	}
	fmt.Fprintf(p.out, "%d %s, %d/s%s\n", p.items, p.unit, p.rate(now), left) //nolint:errcheck // a failed write has no reader
}

// end takes the bar away; where lines were printed, the last one has the total.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.bar != nil:
		_ = p.bar.Finish()
	case p.said != p.begin:
		now := p.now()
		fmt.Fprintf(p.out, "%d %s in %s, %d/s\n", p.items, p.unit, now.Sub(p.begin).Round(100*time.Millisecond), p.rate(now)) //nolint:errcheck // a failed write has no reader
	}
}

// sizeOf is how many bytes the files at paths have; 0 where a folder is among them.
func sizeOf(paths []string) int64 {
	var total int64
	for _, path := range paths {
		info, err := os.Stat(filepath.Clean(path))
		if err != nil || info.IsDir() {
			return 0
		}
		total += info.Size()
	}
	return total
}
