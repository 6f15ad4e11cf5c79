package content

import "slices"

// dateWords are the words of a language for dates; %s is replaced by the date, %d for a year.
type dateWords struct {
	none                     string
	about, uncertain         string
	since, until, from, to   string // the end open, the start open, the end unknown, the start unknown
	decade, bc, dayOf, first string // dayOf joins a day and its month, first is the first day
	seasons                  [4]string
	months                   [12]string
}

// knowsDates reports whether there are words for dates in a language.
func knowsDates(l Locale) bool {
	return slices.Contains([]string{"en", "fr", "ar", "he"}, l.language())
}

// dateWordsIn returns the words of a language, or of its base language; else the English ones.
func dateWordsIn(l Locale) *dateWords {
	switch l.language() {
	case "fr":
		return frenchDates()
	case "ar":
		return arabicDates()
	case "he":
		return hebrewDates()
	default:
		return englishDates()
	}
}

func englishDates() *dateWords {
	return &dateWords{
		none: "unknown date", about: "about %s", uncertain: "%s (uncertain)",
		since: "since %s", until: "until %s", from: "from %s (end unknown)", to: "until %s (start unknown)",
		decade: "%ds", bc: "%d BC", dayOf: "%s %s", first: "1",
		seasons: [4]string{"spring", "summer", "autumn", "winter"},
		months: [12]string{
			"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
		},
	}
}

func frenchDates() *dateWords {
	return &dateWords{
		none: "date inconnue", about: "vers %s", uncertain: "%s (incertain)",
		since: "depuis %s", until: "jusqu'à %s", from: "à partir de %s (fin inconnue)", to: "jusqu'à %s (début inconnu)",
		decade: "années %d", bc: "%d av. J.-C.", dayOf: "%s %s", first: "1er",
		seasons: [4]string{"printemps", "été", "automne", "hiver"},
		months: [12]string{
			"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
		},
	}
}

func arabicDates() *dateWords {
	return &dateWords{
		none: "تاريخ غير معروف", about: "نحو %s", uncertain: "%s (غير مؤكد)",
		since: "منذ %s", until: "حتى %s", from: "من %s (النهاية غير معروفة)", to: "حتى %s (البداية غير معروفة)",
		decade: "عقد %d", bc: "%d ق.م", dayOf: "%s %s", first: "1",
		seasons: [4]string{"ربيع", "صيف", "خريف", "شتاء"},
		months: [12]string{
			"يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
		},
	}
}

func hebrewDates() *dateWords {
	return &dateWords{
		none: "תאריך לא ידוע", about: "בערך %s", uncertain: "%s (לא ודאי)",
		since: "מאז %s", until: "עד %s", from: "החל מ-%s (הסוף לא ידוע)", to: "עד %s (ההתחלה לא ידועה)",
		decade: "שנות ה-%d", bc: `%d לפנה"ס`, dayOf: "%s ב%s", first: "1",
		seasons: [4]string{"אביב", "קיץ", "סתיו", "חורף"},
		months: [12]string{
			"ינואר", "פברואר", "מרץ", "אפריל", "מאי", "יוני", "יולי", "אוגוסט", "ספטמבר", "אוקטובר", "נובמבר", "דצמבר",
		},
	}
}
