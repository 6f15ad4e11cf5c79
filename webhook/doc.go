// Package webhook sends changes to addresses, after the Standard Webhooks specification: each message has an id, a time and a
// signature. Messages of a webhook are sent at least once, in the order of the record.
//
//	dispatcher.go  Run: after each revision, the webhooks whose position is behind it; retries, and when a webhook is disabled
//	message.go     one page of changes as JSON, sent by POST; the answer decides whether the position moves
//	sign.go        the secret of a webhook, and the signature of a message
//	target.go      which addresses are allowed, and the HTTP client that examines them again at each connection
//
// For example, webhook 1 is at revision 40. Revision 41 is committed: Run reads the changes between both as the public sees them, sends a
// message with the signed page, and stores the position 41 once the receiver answers with 2xx. Otherwise it sends the same
// message, with the same id, after 5 seconds, and then after twice as long each time, up to an hour.
//
// The position is in the database, and there is no queue: a receiver that was away gets the changes since its position.
package webhook
