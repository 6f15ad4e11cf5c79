package content

// Locale is a BCP 47 language tag, "en" or "ar-EG".
type Locale string

// Direction is the direction in which the locale is written: "RTL" for Arabic, Hebrew, Persian and Urdu, else "LTR".
func (l Locale) Direction() string {
	if len(l) >= 2 {
		switch l[:2] {
		case "ar", "he", "fa", "ur":
			return "RTL"
		}
	}
	return "LTR"
}

// ExternalID names an item in another system: a scheme and the value there.
type ExternalID struct {
	Scheme, Value string
}
