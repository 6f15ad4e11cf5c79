package command

import (
	"fmt"
	"io"
	"log/slog"
	"os"

	"parley/content"
)

// printWhole prints a text that cannot be printed again, such as a new secret. Where that is into a file, it is on disk once
// printWhole returns nil.
func printWhole(out io.Writer, text string) error {
	if _, err := io.WriteString(out, text); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	f, ok := out.(*os.File)
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil //nolint:nilerr // a pipe or a terminal has no disk
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// terminalSafe writes text that may quote foreign files, addresses and answers, without the control characters in it: those could
// change what a terminal shows and does. Each call of Write has whole characters.
type terminalSafe struct{ to io.Writer }

// Write writes the text as [content.Printable] returns it.
func (w terminalSafe) Write(p []byte) (int, error) {
	if _, err := io.WriteString(w.to, content.Printable(string(p))); err != nil {
		return 0, fmt.Errorf("print: %w", err)
	}
	return len(p), nil
}

// safeLog returns the options of a log whose texts have no control characters, which JSON leaves in part as they are.
func safeLog() *slog.HandlerOptions {
	return &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		switch v := a.Value.Any().(type) {
		case string:
			a.Value = slog.StringValue(content.Printable(v))
		case error:
			a.Value = slog.StringValue(content.Printable(v.Error()))
		}
		return a
	}}
}
