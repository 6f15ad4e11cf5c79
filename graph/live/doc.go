// Package live runs subscriptions and live queries, for any number of clients.
//
//	store commits        -> watch.go      one goroutine waits for revisions, as long as there are streams
//	watch                -> stream.go     Follow sends the pages of changes of a subscription, Repeat the responses of a live query
//	Follow, Repeat       -> broadcast.go  one computation of a response for all streams that ask for the same
//	broadcast            -> Executor      package graph reads the page or executes the query
//	send(id, body)       -> package transport writes an event or a message
//
// For example, 3000 clients subscribe to { contentChanges { ... } } with the same fields. They share one broadcast. Revision 41 is
// committed; the watch wakes all of them; the first asks the Executor for the page of changes behind its sync token, and the
// others take the bytes that it got. A client that reads slowly asks for the page behind an older token later, and gets all that
// changed since. A stream is charged like the operations whose responses it sends: it waits while its client has nothing
// left of its rate limit.
//
// The package does not know HTTP: package transport holds the connections and ends them. It does not compile operations: package
// graph does, and finds the token to start from. It is not split further: a stream without the watch, or a broadcast without streams, says
// nothing by itself.
package live
