// Package service is the running server: it joins the store, GraphQL and HTTP after a Config, listens, and runs what a server does
// beside answering: the ends of embargoes, webhooks, metrics.
//
//	Config -> New: listen, open the database, fill a new one, join the handlers
//	       -> Run: answer requests, lift embargoes, deliver webhooks; then drain
//	       -> Close
package service
