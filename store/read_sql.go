package store

import "strings"

func indent(text string) string {
	return "\n  " + strings.ReplaceAll(text, "\n", "\n  ")
}

// where joins conditions.
func where(conditions ...string) string {
	var kept []string
	for _, c := range conditions {
		if c != "" && c != "TRUE" {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		return "TRUE"
	}
	return strings.Join(kept, "\n  AND ")
}
