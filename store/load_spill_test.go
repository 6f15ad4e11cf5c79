package store

import (
	"os"
	"reflect"
	"runtime"
	"testing"

	"parley/content"
)

// TestSpool holds that values come back in the order of their keys, and that no file with them is left, even while they
// wait.
func TestSpool(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s, err := newSpillFile()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]any{{int64(-3), "one", nil}, {"", int64(1) << 40}, {}}
	for _, i := range []int{2, 0, 1} {
		values, err := packValues(want[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := s.add(content.Key(i), values); err != nil {
			t.Fatal(err)
		}
	}
	files := func() int {
		list, err := os.ReadDir(os.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	if n := files(); n > 0 && runtime.GOOS != "windows" {
		t.Errorf("%d files have names while values wait", n)
	}
	var got [][]any
	for batch := range s.sorted(make(chan struct{}), func([]any) error { return nil }) {
		if batch.err != nil {
			t.Fatal(batch.err)
		}
		got = append(got, batch.rows...)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v come back, want %v", got, want)
	}
	if err := s.close(); err != nil || files() > 0 {
		t.Errorf("%d files are left, %v", files(), err)
	}
	for batch := range s.sorted(make(chan struct{}), func([]any) error { return nil }) {
		if batch.err == nil {
			t.Errorf("%v come back from a file that is closed", batch.rows)
		}
	}
}
