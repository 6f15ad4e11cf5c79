package content

// ExternalID names an item in another system: a scheme and the value there.
type ExternalID struct {
	Scheme, Value string
}

// exact is the [MatchKind] of an identifier that one item of a type has at most, and that it is looked up by.
const exact = "EXACT"

// ExactID reads an element of the field externalIds. It reports whether the identifier matches its item exactly, which is so
// unless the element says otherwise.
func ExactID(element map[string]any) (ExternalID, bool) {
	scheme, _ := element["scheme"].(string)
	value, _ := element["value"].(string)
	kind, _ := element["matchKind"].(string)
	return ExternalID{Scheme: scheme, Value: value}, kind == exact || kind == ""
}

// ExactIDs returns the identifiers that match the item exactly, in its order.
func (i Item) ExactIDs() []ExternalID {
	list, _ := i.Values["externalIds"].([]map[string]any)
	var ids []ExternalID
	for _, element := range list {
		if id, ok := ExactID(element); ok {
			ids = append(ids, id)
		}
	}
	return ids
}
