// Package defaults reads the default values of settings from the tags in which the command line finds them, so that each is
// written once.
package defaults

import (
	"fmt"
	"reflect"
	"strconv"
	"time"
)

// Of returns a struct whose fields have the values of their `default` tags. The fields are integers and durations; it panics
// where one has no value that it can read, which a test of the struct finds.
func Of[T any]() T {
	var settings T
	v := reflect.ValueOf(&settings).Elem()
	for field, to := range v.Fields() {
		n, err := number(field.Type, field.Tag.Get("default"))
		if err != nil {
			panic(fmt.Sprintf("the default of %s.%s: %v", v.Type(), field.Name, err))
		}
		to.SetInt(n)
	}
	return settings
}

// number reads a value of an integer type or a duration.
func number(t reflect.Type, text string) (int64, error) {
	if t == reflect.TypeFor[time.Duration]() {
		d, err := time.ParseDuration(text)
		return int64(d), err
	}
	return strconv.ParseInt(text, 10, t.Bits())
}
