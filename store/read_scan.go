package store

import (
	"database/sql"
	"database/sql/driver"
	"fmt"
	"reflect"
)

// row is the row that a statement has arrived at. The next one takes its place.
type row struct {
	columns []driver.Value // nil, int64, float64, string or []byte
}

// Scan copies the columns to where dest points, as [sql.Rows.Scan] does.
func (r *row) Scan(dest ...any) error {
	if len(dest) != len(r.columns) {
		return fmt.Errorf("%d columns are scanned into %d places", len(r.columns), len(dest))
	}
	for i, d := range dest {
		if err := assign(d, r.columns[i]); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

func assign(dest any, v driver.Value) error {
	switch d := dest.(type) {
	case *any:
		*d = v
		return nil
	case sql.Scanner:
		return d.Scan(v)
	}
	to := reflect.ValueOf(dest).Elem()
	if to.Kind() == reflect.Pointer { // nil where the column is NULL
		if v == nil {
			to.SetZero()
			return nil
		}
		to.Set(reflect.New(to.Type().Elem()))
		return assign(to.Interface(), v)
	}
	switch v := v.(type) {
	case int64:
		if to.CanInt() {
			to.SetInt(v)
			return nil
		}
		if to.Kind() == reflect.Bool {
			to.SetBool(v != 0)
			return nil
		}
		if to.CanFloat() {
			to.SetFloat(float64(v))
			return nil
		}
	case float64:
		if to.CanFloat() {
			to.SetFloat(v)
			return nil
		}
	case string:
		if to.Kind() == reflect.String {
			to.SetString(v)
			return nil
		}
	}
	return fmt.Errorf("%T does not fit into %s", v, to.Type())
}
