// Package cache keeps responses to queries in memory and says how long they hold.
//
//	response.go      Responses: the response cache, by the request as it was written
//	invalidation.go  which revision changed a dependency last, read from the revision log
//	etag.go          the tag of a response, for conditional requests
//	surrogate.go     the ids that shared caches purge by: Surrogate-Key and Cache-Tag
//
// A request is found again as follows:
//
//	request -> key -> Responses.Find -> entry, its revision and its dependencies
//	                  invalidations  -> reads the log up to the newest revision
//	                  entry is exact   when no later revision changed a dependency
//	request -> key -> Responses.Make -> computes it once for all clients who wait for the same
//
// For example, { talk(slug: "lake-talks") { title } } is read at revision 40 and depends on that talk. Revision 41 changes a source:
// the entry is still exact, and is served. Revision 42 renames the talk: the log names it as a dependency that changed at 42, which is
// later than 40, and the next request computes the response again. Nothing is removed when something is written, so a write does not wait
// for the cache, and writes of other processes count like those of this one.
//
// The four files stay together because they answer one question, whether a response that a client or a cache has still holds. A
// rate limit, compression and the sending of responses belong to package transport.
package cache
