package main

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	definitionName = regexp.MustCompile(`(?m)^(?:type|input|enum|interface|union|scalar|extend type) (\w+)`)
	memberName     = regexp.MustCompile(`^  (\w+)`)
)

// copySchema adds to the text of a schema what concerns a type under the name of another: each definition with its name in it is placed
// again after it, and in other definitions each field, argument of input or value of an enumeration that is named after it.
func copySchema(text, old, word string) (string, error) {
	if regexp.MustCompile(`\btype ` + word + `\b`).MatchString(text) {
		return "", fmt.Errorf("the schema has a type %s", word)
	}
	if !regexp.MustCompile(`\btype ` + old + `\b`).MatchString(text) {
		return "", fmt.Errorf("the schema has no type %s", old)
	}
	rename := renamer(old, word)
	var out strings.Builder
	for _, part := range definitions(text) {
		name := ""
		if m := definitionName.FindStringSubmatch(part); m != nil {
			name = m[1]
		}
		switch {
		case strings.Contains(name, old):
			out.WriteString(part + rename.Replace(strings.TrimRight(part, "\n")) + "\n\n")
		case name != "":
			out.WriteString(copyMembers(part, old, rename))
		default:
			out.WriteString(part)
		}
	}
	return strings.TrimRight(out.String(), "\n") + "\n", nil
}

// definitions cuts a text into its definitions, each with its description before it and the empty lines after it.
func definitions(text string) []string {
	var parts []string
	var part strings.Builder
	quoted, opened := false, false
	for line := range strings.Lines(text) {
		part.WriteString(line)
		quoted = quoted != (strings.Count(line, `"""`) == 1)
		opened = opened || !quoted && definitionName.MatchString(line)
		if opened && !quoted && (strings.HasPrefix(line, "}") || definitionName.MatchString(line) && !strings.Contains(line, "{")) {
			parts = append(parts, part.String())
			part.Reset()
			opened = false
		}
	}
	for i := range parts[1:] { // empty lines belong to what is before them
		rest := strings.TrimLeft(parts[i+1], "\n")
		parts[i] += strings.Repeat("\n", len(parts[i+1])-len(rest))
		parts[i+1] = rest
	}
	return append(parts, part.String())
}

// copyMembers adds to a definition, after each member that is named after the type, the same under the new name.
func copyMembers(part, old string, rename *strings.Replacer) string {
	var out, member strings.Builder
	quoted, named := false, false
	depth := 0
	end := func() {
		text := member.String()
		if named {
			text += rename.Replace(text)
		}
		out.WriteString(text)
		member.Reset()
		named = false
	}
	inside := false
	for line := range strings.Lines(part) {
		switch {
		case !inside:
			out.WriteString(line)
			inside = definitionName.MatchString(line) && strings.Contains(line, "{")
			continue
		case strings.HasPrefix(line, "}"):
			end()
			out.WriteString(line)
			inside = false
			continue
		}
		if strings.HasPrefix(line, "  \"") && !quoted && depth == 0 && member.Len() > 0 {
			end()
		}
		member.WriteString(line)
		quotes := strings.Count(line, `"""`)
		if quoted = quoted != (quotes == 1); quoted || quotes > 0 {
			continue
		}
		if m := memberName.FindStringSubmatch(line); m != nil && depth == 0 {
			named = strings.Contains(strings.ToLower(m[1]), strings.ToLower(old))
		}
		depth += strings.Count(line, "(") - strings.Count(line, ")")
	}
	out.WriteString(member.String())
	return out.String()
}
