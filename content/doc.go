// Package content is the domain of parley: talks, the actors who negotiate and mediate, the issues that divide
// them, and the events, positions, agreements, articles and sources around them.
//
// It knows no SQL, no GraphQL and no HTTP. A [Type] of content is data: the list of its fields, each declared once, which
// the store, the planner and the bundles follow. Names follow the field: PA-X, UCDP, the ETH/PRIO ceasefire data, IPTC
// ninjs and ISO 8601-2 (EDTF).
package content
