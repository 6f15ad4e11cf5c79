// Package operation turns the text of a request into a program.
//
//	text                          query Q($n: Int) { talks(first: $n) { nodes { title } } }
//	-> parse.go     Document      parsed and validated, within the limits of limits.go, kept by document_cache.go
//	-> coercion.go  variables     {n: 2}, by the rules of the GraphQL specification
//	-> cost.go      price         2 objects at most
//	-> compile.go   program       talks: connectionForm, with nodes, with title: plainForm, and the JSON that precedes each value
//	-> authorize.go               no field needs a role
//	-> compile.go   Bind          the arguments that depend on variables
//
// A program is compiled once for each document, operation and setting of the variables of @skip and @include. It does not depend
// on who asks. Package plan makes selections of it. Errors have the code of the GraphQL error and the location of the value at
// fault (location.go, faults.go).
package operation
