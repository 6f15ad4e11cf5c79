// Package feed serves feeds that readers subscribe to: the newest events of a talk as Atom (RFC 4287).
//
//	GET /feeds/talks/SLUG.atom?locales=ar,en
//	-> Executor.Run   waits its turn, ends by the limit of time, charges what was read
//	-> Reader.Read    one selection: the talk, with its 50 events that changed last
//	-> atom.go        rows -> elements of Atom -> XML, with an ETag
//
// For example, /feeds/talks/gaza-ceasefire-talks.atom has an entry for each event of the talk and its descendants, with the summary
// as HTML and the fuzzy date in words. The id of an entry is a URN that follows from the id of the event, so that it is the
// same on every server. A talk that the public does not see is 404.
//
// The package knows no GraphQL: it makes its selection itself. It uses packages plan, for the values of rows, and cache, for conditional
// requests. One format needs one file.
package feed
