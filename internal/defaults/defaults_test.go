package defaults_test

import (
	"testing"
	"time"

	"parley/internal/defaults"
)

// TestOf holds that integers and durations are read, and that a field without a value is found.
func TestOf(t *testing.T) {
	type settings struct {
		Rows int           `default:"20000"`
		Wait time.Duration `default:"1m30s"`
	}
	if got, want := defaults.Of[settings](), (settings{Rows: 20_000, Wait: 90 * time.Second}); got != want {
		t.Errorf("the defaults are %+v, want %+v", got, want)
	}
	for name, of := range map[string]func(){
		"no tag": func() { defaults.Of[struct{ Rows int }]() },
		"no number": func() {
			defaults.Of[struct {
				Rows int `default:"many"`
			}]()
		},
		"no duration": func() {
			defaults.Of[struct {
				Wait time.Duration `default:"90"`
			}]()
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: nothing is said", name)
				}
			}()
			of()
		}()
	}
}
