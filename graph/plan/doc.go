// Package plan turns a program and its arguments into selections, and the rows that answer them into the bytes of the response. The
// planner and the encoder of a kind of field are in one file.
//
// For { talks(first: 2) { nodes { title } } } the planner (root.go, plan.go) makes one selection
//
//	content.Selection{Type: Talk, Page: {Size: 2}, Fields: [title], Rows: true}
//
// which the reader answers with two rows, and the encoder (encode.go, plain.go) writes {"talks":{"nodes":[{"title":"..."}, ...]}} as
// it walks the program over them: no tree of values is made between. filter.go and operator.go read where, cursor.go cursors,
// as_of.go the revision to read; search.go, history.go, diff.go, facet.go, track_record.go and change_page.go hold the fields that
// are not read like the rest. Arguments are checked while planning, so that an invalid one fails the operation before a statement
// runs.
package plan
