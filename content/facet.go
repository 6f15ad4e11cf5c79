package content

// Facet is what a list can be counted by.
type Facet string

// The facets.
const (
	FacetType   Facet = "CONTENT_TYPE" // the type of the item
	FacetKind   Facet = "KIND"         // its sort: eventKind, talkLevel and the like
	FacetStatus Facet = "STATUS"       // the status: talkStatus, issueStatus, agreementStatus
	FacetYear   Facet = "YEAR"         // the year in which it began or happened, by the earliest that its date may mean
)

// Bucket is one value of a facet and the number of items that have it.
type Bucket struct {
	Value string
	Count int
}
