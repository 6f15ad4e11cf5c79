package bundle

import "strings"

// A spreadsheet takes a cell that begins with one of formulaSigns for a formula, and runs it. Sheets are written with an
// apostrophe before such cells, and before those that begin with apostrophes and such a sign; reading takes one apostrophe
// away again. So every text comes back as it was, also one that begins with an apostrophe.
const formulaSigns = "=+-@\t\r"

// isFormula reports whether a cell begins with a sign of a formula, apostrophes before it aside.
func isFormula(cell string) bool {
	rest := strings.TrimLeft(cell, "'")
	return rest != "" && strings.IndexByte(formulaSigns, rest[0]) >= 0
}

// escapeFormula returns the text of a cell as sheets have it.
func escapeFormula(cell string) string {
	if isFormula(cell) {
		return "'" + cell
	}
	return cell
}

// unescapeFormula returns the text that escapeFormula wrote. A cell that another program wrote without an apostrophe stays.
func unescapeFormula(cell string) string {
	if isFormula(cell) {
		return strings.TrimPrefix(cell, "'")
	}
	return cell
}
