// Package input turns the input of a mutation into a content.ChangeSet, and collects all problems with their paths.
//
// updateTalk(input: {id: "...", talkStatus: STALLED, summary: null}) becomes
//
//	content.Change{Op: Update, Type: Talk, Key: 7, Values: {"talkStatus": "STALLED", "summary": nil}}
//
// An absent field, null and a value are three different things: an absent field is left alone, null clears it. Values are read
// after the declaration of the type in package content (value.go), references by id, slug, external id or client key
// (reference.go). Rules that depend on other rows are left to the store.
package input
