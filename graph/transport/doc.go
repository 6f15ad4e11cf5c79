// Package transport carries GraphQL over HTTP, server-sent events and WebSocket. It reads requests and writes responses; operations
// are executed by an [Executor], which package graph implements.
//
//	http.go           one request: who sends it, its response from the cache, or Prepare and Execute
//	  accept.go         the media type of the response
//	  authenticate.go   the token of the header Authorization
//	  rate_limit.go     the budget of the client: a price before, the cost afterwards
//	  request.go        GET parameters or a JSON body -> operation.Request; json.go reads JSON within bounds
//	  persisted.go      the document that a request names or brings; manifest.go reads trusted documents
//	  send.go           status, headers, compression, the response or its errors
//	sse.go            GraphQL over server-sent events: one connection for each operation
//	socket.go         graphql-transport-ws: socket_message.go reads messages, socket_operation.go runs operations
//	connections.go    the connections that stay open: their number, and their end when the service ends
//	token_watch.go    ends connections whose token is revoked or expires
//	request_log.go    what the request log says
//
// For example, POST {"query": "{ talks { totalCount } }"} with Accept: application/json is negotiated to application/json, charged 1, and
// looked up in the response cache. Where it is not there, Executor.Prepare returns the operation with its price, Executor.Execute
// the response, and send.go writes it with status 200. A document that is not valid ends at Prepare: send.go writes {"errors": [...]}
// with the status that follows from the code of the first error.
//
// The three protocols stay in one package, since they share the reading of requests, the budgets, the tokens and the connections;
// what one of them has alone begins with its name (sse, socket).
package transport
