// Command like begins a new type of content as a copy of one that is like it:
//
//	go run ./bench/like Article Report
//
// adds to schema.graphqls every definition and every field that concerns the first type, under the name of the second, and writes a
// migration with the tables and indexes of the first under the names of the second. The fields are then edited in both files, and the
// type is declared in content/types.go: see docs/recipes.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

const schemaFile = "schema.graphqls"

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "like:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	name := regexp.MustCompile(`^[A-Z][a-z]+$`)
	if len(args) != 2 || !name.MatchString(args[0]) || !name.MatchString(args[1]) {
		return errors.New("usage: go run ./bench/like Article Report: a type, and the name of the new one, each one word")
	}
	old, word := args[0], args[1]
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		return fmt.Errorf("run it in the root of the repository: %w", err)
	}
	schema, err := copySchema(string(text), old, word)
	if err != nil {
		return err
	}
	file, migration, err := copyTables(ctx, old, word)
	if err != nil {
		return err
	}
	if err := os.WriteFile(schemaFile, []byte(schema), 0o644); err != nil { //nolint:gosec // source code
		return fmt.Errorf("write the schema: %w", err)
	}
	if err := os.WriteFile(file, []byte(migration), 0o644); err != nil { //nolint:gosec // source code
		return fmt.Errorf("write the migration: %w", err)
	}
	_, err = fmt.Fprintf(out, "%s has the type %s, and %s its tables: edit their fields, and declare the type in content/types.go\n",
		schemaFile, word, file)
	return err
}

// renamer writes one type as another: Article, article and ARTICLE, alone and in longer names.
func renamer(old, word string) *strings.Replacer {
	lower, upper := strings.ToLower, strings.ToUpper
	vowel := func(s string) string {
		if strings.ContainsAny(s[:1], "AEIO") {
			return "an "
		}
		return "a "
	}
	return strings.NewReplacer(
		vowel(old)+lower(old), vowel(word)+lower(word), "A"+vowel(old)[1:]+lower(old), "A"+vowel(word)[1:]+lower(word),
		old, word, lower(old), lower(word), upper(old), upper(word))
}
