// Package content is the domain of parley: talks, the actors who negotiate and mediate, the issues that divide
// them, and the events, positions, agreements, articles and sources around them.
//
// It knows no SQL, no GraphQL and no HTTP. A type of content is a Go struct; each of its fields is declared once,
// with a `parley` tag, and [Type] is what the store, the planner and the bundles read that declaration through.
// Names follow the field: PA-X, UCDP, the ETH/PRIO ceasefire data, IPTC ninjs and ISO 8601-2 (EDTF).
package content
