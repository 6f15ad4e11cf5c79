package service

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// size is a number of bytes; in flags it is written like 32MiB.
type size int64

// UnmarshalText reads a number of bytes, KiB, MiB or GiB.
func (s *size) UnmarshalText(text []byte) error {
	digits, times := string(text), int64(1)
	for _, unit := range []struct {
		name  string
		bytes int64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"B", 1}} {
		if before, ok := strings.CutSuffix(digits, unit.name); ok {
			digits, times = before, unit.bytes
			break
		}
	}
	n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/times {
		return fmt.Errorf("%.40q is not a size: write it like 32MiB", text)
	}
	*s = size(n * times)
	return nil
}
