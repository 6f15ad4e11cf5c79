package content

import "strings"

// EscapePlain makes Markdown of the plain texts among the values of fields, so that it renders as they are: no character has a
// meaning and each line break stays. It changes the values of Markdown fields, those in lists and in translations included.
func EscapePlain(fields []Field, values map[string]any) {
	for i := range fields {
		f := &fields[i]
		switch v := values[f.Name].(type) {
		case string:
			if f.Kind == RichText {
				values[f.Name] = EscapeMarkdown(v)
			}
		case []map[string]any:
			for _, element := range v {
				if f.Name == "translations" {
					escapeTranslation(fields, element)
				} else {
					EscapePlain(f.Fields, element)
				}
			}
		case map[string]any:
			EscapePlain(f.Fields, v)
		}
	}
}

// escapeTranslation escapes the texts of a translation of fields that are Markdown.
func escapeTranslation(fields []Field, translation map[string]any) {
	for _, text := range textsIn(translation) {
		for i := range fields {
			value, ok := text["value"].(string)
			if ok && fields[i].Kind == RichText && text["field"] == fields[i].Name {
				text["value"] = EscapeMarkdown(value)
			}
		}
	}
}

// EscapeMarkdown returns CommonMark that renders as a plain text: one paragraph in which each line break is a hard one.
func EscapeMarkdown(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = escapeLine(line)
	}
	return strings.Join(lines, "\\\n")
}

// escapeLine escapes the characters of a line that mean something anywhere, and at its beginning the marks of blocks and the
// space that is not shown there.
func escapeLine(line string) string {
	var b strings.Builder
	begins, digits := true, 0 // whether only digits came so far, and how many
	for i, r := range line {
		switch {
		case i == 0 && r == ' ':
			b.WriteString("&#32;")
		case i == 0 && r == '\t':
			b.WriteString("&#9;")
		case r == '\\' && i == len(line)-1: // before a hard break, some renderers count the backslashes wrongly
			b.WriteString("&#92;")
		case strings.ContainsRune("\\`*_[]<>&~|", r), i == 0 && strings.ContainsRune("#+-=:", r), begins && digits > 0 && (r == '.' || r == ')'):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
		if begins = begins && r >= '0' && r <= '9'; begins {
			digits++
		}
	}
	return b.String()
}
