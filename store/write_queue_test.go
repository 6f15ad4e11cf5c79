package store

import (
	"context"
	"errors"
	"sync"
	"testing"

	"parley/content"
)

// TestWhatFailsTakesNothingWithIt has one batch hold jobs that succeed and jobs that fail once they have written, with and
// without a savepoint, and one that panics: the former are done, the latter leave nothing.
func TestWhatFailsTakesNothingWithIt(t *testing.T) {
	s := openTest(t)
	wrong := errors.New("wrong")
	failing := func(ctx context.Context, w *writer) error {
		if err := w.begin(ctx, content.ChangeSet{Author: "a", Reason: "UPDATE"}); err != nil {
			return err
		}
		if err := w.put(ctx, talk("lost", "Lost", "")); err != nil {
			return err
		}
		return wrong
	}
	doWithoutSavepoint := func(run func(context.Context, *writer) error) error {
		return s.queue.wait(s.queue.jobs, &job{ctx: t.Context(), run: run, noSavepoint: true, texts: s.queue.textsOfJob()})
	}
	begun, release := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		_ = s.queue.do(t.Context(), func(context.Context, *writer) error {
			close(begun)
			<-release
			return nil
		})
	})
	<-begun
	for _, slug := range []string{"one", "two", "three"} {
		all.Go(func() {
			if _, err := s.Write(t.Context(), content.ChangeSet{Author: "a", Reason: "UPDATE", Items: []content.Item{talk(slug, slug, "")}}); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			if err := doWithoutSavepoint(failing); !errors.Is(err, wrong) {
				t.Errorf("without a savepoint: %v", err)
			}
		})
		all.Go(func() {
			if err := s.queue.do(t.Context(), failing); !errors.Is(err, wrong) {
				t.Errorf("with a savepoint: %v", err)
			}
		})
		all.Go(func() {
			if err := doWithoutSavepoint(func(context.Context, *writer) error { panic("a mistake") }); err == nil {
				t.Error("a panic is no error")
			}
		})
	}
	close(release)
	all.Wait()
	if n := count(t, s, "SELECT COUNT(*) FROM talk"); n != 3 {
		t.Errorf("%d talks; want the three that were right", n)
	}
	if head, err := s.Head(t.Context()); err != nil || head != 3 {
		t.Errorf("revision %d, %v; want 3", head, err)
	}
}

// TestWaitingIsGivenUp gives up a job before its turn: it is not done.
func TestWaitingIsGivenUp(t *testing.T) {
	s := openTest(t)
	begun, release := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		_ = s.queue.do(t.Context(), func(context.Context, *writer) error {
			close(begun)
			<-release
			return nil
		})
	})
	<-begun
	ctx, cancel := context.WithCancel(t.Context())
	all.Go(func() {
		if _, err := s.Write(ctx, content.ChangeSet{Author: "a", Reason: "UPDATE", Items: []content.Item{talk("late", "Late", "")}}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	cancel()
	close(release)
	all.Wait()
	if n := count(t, s, "SELECT COUNT(*) FROM talk"); n != 0 {
		t.Error("a job that was given up was done")
	}
}
