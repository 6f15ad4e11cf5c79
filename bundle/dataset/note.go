package dataset

import "strings"

// note is the note of an item: what is in doubt, whom the source speaks of without a name, and what it says besides.
func note(doubts, unnamed []string, said [][2]string) any {
	var lines []string
	for _, d := range doubts {
		lines = append(lines, "In doubt: "+d+".")
	}
	if len(unnamed) > 0 {
		lines = append(lines, "Third parties that are no actors here: "+strings.Join(unnamed, "; ")+".")
	}
	for _, s := range said {
		if s[1] != "" {
			lines = append(lines, s[0]+": "+s[1])
		}
	}
	return orNil(short(strings.Join(lines, "\n\n"), 100_000))
}

// ifLong is a text that one field cannot hold whole, or nothing.
func ifLong(text string) string {
	if len([]rune(oneLine(text))) > 1000 {
		return text
	}
	return ""
}

func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}
