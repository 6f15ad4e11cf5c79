package store

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"parley/content"
	"parley/internal/crash"
)

// spillFile keeps lists of values in a temporary file until they are read in the order of their keys. Memory holds only
// their positions.
type spillFile struct {
	file *os.File
	out  *bufio.Writer
	end  int64
	rows []spilledRow
	buf  []byte
}

// spilledRow is the position of the values of a key in the file.
type spilledRow struct {
	key      content.Key
	at, size int64
}

// newSpillFile makes the temporary file. Its name goes at once where the system lets go of the name of an open file, so that
// nothing of what it holds is left however the process ends.
func newSpillFile() (*spillFile, error) {
	f, err := os.CreateTemp("", "parley-*")
	if err != nil {
		return nil, fmt.Errorf("create a temporary file: %w", err)
	}
	_ = os.Remove(f.Name())
	return &spillFile{file: f, out: bufio.NewWriterSize(f, 1<<20)}, nil
}

// close removes the file, if there is one.
func (s *spillFile) close() error {
	if s == nil {
		return nil
	}
	err := s.file.Close()
	if gone := os.Remove(s.file.Name()); !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}

// add keeps packed values under a key.
func (s *spillFile) add(key content.Key, values []byte) error {
	s.rows = append(s.rows, spilledRow{key, s.end, int64(len(values))})
	s.end += int64(len(values))
	if _, err := s.out.Write(values); err != nil {
		return fmt.Errorf("write a temporary file: %w", err)
	}
	return nil
}

// packValues writes integers, texts and NULLs, each after its kind, as a spill file keeps them.
func packValues(values []any) ([]byte, error) {
	b := make([]byte, 0, 1024)
	for _, v := range values {
		switch v := v.(type) {
		case nil:
			b = append(b, spilledNull)
		case int64:
			b = binary.AppendVarint(append(b, spilledNumber), v)
		case string:
			b = binary.AppendVarint(append(b, spilledText), int64(len(v)))
			b = append(b, v...)
		default:
			return nil, fmt.Errorf("store a value of a row: %T", v)
		}
	}
	return b, nil
}

// The first byte of a value in the file.
const (
	spilledNull = iota
	spilledNumber
	spilledText
)

// spilledBatch is some of what a spill file holds, or why there is no more.
type spilledBatch struct {
	rows [][]any
	err  error
}

// sorted reads all values in the order of their keys, in batches that are read ahead, until the consumer stops. Each list of
// values is also given to the function, ahead of its batch.
func (s *spillFile) sorted(stop <-chan struct{}, each func([]any) error) <-chan spilledBatch {
	batches := make(chan spilledBatch, 2)
	go func() {
		defer close(batches)
		if err := crash.Call(func() { s.readAhead(batches, stop, each) }); err != nil {
			sendSpooled(spilledBatch{err: err}, batches, stop)
		}
	}()
	return batches
}

// readAhead sends all values in the order of their keys, in batches.
func (s *spillFile) readAhead(batches chan<- spilledBatch, stop <-chan struct{}, each func([]any) error) {
	err := s.flush()
	slices.SortFunc(s.rows, func(a, b spilledRow) int { return cmp.Compare(a.key, b.key) })
	for some := range slices.Chunk(s.rows, batchAhead) {
		batch := spilledBatch{err: err}
		for _, place := range some {
			if batch.err != nil {
				break
			}
			var row []any
			if row, batch.err = s.read(place); batch.err == nil {
				batch.err = each(row)
			}
			batch.rows = append(batch.rows, row)
		}
		if !sendSpooled(batch, batches, stop) {
			return
		}
	}
}

// sendSpooled hands a batch on, and reports whether more are wanted.
func sendSpooled(batch spilledBatch, to chan<- spilledBatch, stop <-chan struct{}) bool {
	select {
	case to <- batch:
		return batch.err == nil
	case <-stop:
		return false
	}
}

// flush writes all added values to the file.
func (s *spillFile) flush() error {
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("write a temporary file: %w", err)
	}
	return nil
}

// bytes reads the bytes at a position.
func (s *spillFile) bytes(place spilledRow) ([]byte, error) {
	b := make([]byte, place.size)
	if _, err := s.file.ReadAt(b, place.at); err != nil {
		return nil, fmt.Errorf("read a temporary file: %w", err)
	}
	return b, nil
}

func (s *spillFile) read(place spilledRow) ([]any, error) {
	s.buf = slices.Grow(s.buf[:0], int(place.size))[:place.size]
	if _, err := s.file.ReadAt(s.buf, place.at); err != nil {
		return nil, fmt.Errorf("read a temporary file: %w", err)
	}
	text := string(s.buf)
	values := make([]any, 0, 48)
	for at := 0; at < len(text); {
		kind := text[at]
		if at++; kind == spilledNull {
			values = append(values, nil)
			continue
		}
		v, n := binary.Varint(s.buf[at:])
		if at += n; kind == spilledNumber {
			values = append(values, v)
			continue
		}
		end := at + int(v)
		values, at = append(values, text[at:end]), end
	}
	return values, nil
}
