package plan

import "parley/graph/operation"

// lateBytes is more than any late value takes.
const lateBytes = 32

// rateLimit writes an object without its values, which are late; or null where no rate limit is enforced.
func (e *Encoder) rateLimit(enforced bool, f *operation.Field) error {
	if !enforced {
		return e.Null()
	}
	return e.Object(f, func(sub *operation.Field) error {
		e.Late = append(e.Late, operation.Late{At: len(e.Text), Name: sub.Name})
		return e.Room(lateBytes * len(e.Late))
	})
}
