package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// tools runs go and tests. Where a machine is shared, it takes turns: with names a command that runs another one once a
// processor is free, and a turn lasts as long as that other one, which is cat.
type tools struct {
	root, work string
	with       []string
	hold       time.Duration

	turn  *exec.Cmd
	end   io.Closer
	until time.Time
}

// take waits for a turn, unless there is one that is not over.
func (t *tools) take(ctx context.Context) error {
	now := time.Now() //nolint:forbidigo // turns are of real time
	if len(t.with) == 0 || t.turn != nil && now.Before(t.until) {
		return nil
	}
	t.release()
	cmd := exec.CommandContext(ctx, t.with[0], append(t.with[1:len(t.with):len(t.with)], "cat")...) //nolint:gosec // the user's command
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	t.turn, t.end = cmd, in
	_, err = io.WriteString(in, "begun\n")
	if line, other := bufio.NewReader(out).ReadString('\n'); line != "begun\n" {
		t.release()
		return fmt.Errorf("wait for a turn: %q, %w", line, errors.Join(err, other))
	}
	t.until = time.Now().Add(t.hold) //nolint:forbidigo // turns are of real time
	return nil
}

// release ends the turn.
func (t *tools) release() {
	if t.turn == nil {
		return
	}
	_ = t.end.Close()
	_ = t.turn.Wait() // it may have been ended from outside
	t.turn = nil
}

// command returns a command in a folder, once it is its turn.
func (t *tools) command(ctx context.Context, dir string, args ...string) (*exec.Cmd, error) {
	if err := t.take(ctx); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // go, and tests
	cmd.Dir = dir
	return cmd, nil
}
