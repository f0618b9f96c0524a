package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"
)

// readDotenv reads the file .env at path; where there is none, nothing is set. One error names every wrong line
// and what is wrong with it, and shows none: secrets stand there.
//
// The well-kept libraries do not do that: they put variables in for a $, leave out what they do not understand, and
// show the line in their errors.
func readDotenv(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the settings: %w", err)
	}
	values, err := parseDotenv(string(text))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return values, nil
}

// parseDotenv reads lines NAME=value. A value may stand in single quotes, in which every character is itself, or in
// double quotes, in which \ begins an escape; then it may have several lines. Nothing is put in for a $, and no part
// of a value is left out.
func parseDotenv(text string) (map[string]string, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	if strings.Contains(text, "\x00") || strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
		return nil, errors.New("it is UTF-16 or no text: save it as UTF-8")
	}
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	values, number := map[string]string{}, 1
	var errs []error
	for text != "" {
		name, value, rest, err := entry(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("line %d %w", number, err))
			_, rest, _ = strings.Cut(text, "\n")
		} else if name != "" {
			values[name] = value
		}
		number += strings.Count(text[:len(text)-len(rest)], "\n")
		text = rest
	}
	return values, errors.Join(errs...)
}

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// entry reads the first line of text, or the lines of its value, and returns what follows. A comment has no name.
func entry(text string) (name, value, rest string, err error) {
	line, rest, _ := strings.Cut(text, "\n")
	if start := strings.TrimSpace(line); start == "" || start[0] == '#' {
		return "", "", rest, nil
	}
	name, value, found := strings.Cut(line, "=")
	if !found {
		return "", "", "", errors.New("has no =: write NAME=value, and a comment after a #")
	}
	name = strings.TrimSpace(name)
	if fields := strings.Fields(name); len(fields) == 2 && fields[0] == "export" {
		name = fields[1]
	}
	if !variable.MatchString(name) {
		return "", "", "", errors.New("has a name that is not made of letters, digits and _")
	}
	value = strings.TrimLeft(value, " \t")
	if value == "" || !strings.ContainsAny(value[:1], `'"`) {
		value, err = bare(value)
	} else {
		value, rest, err = quotedValue(text[strings.Index(text, "=")+1:])
	}
	if err == nil && !utf8.ValidString(value) {
		err = errors.New("holds a character that is not UTF-8: save the file as UTF-8")
	}
	return name, value, rest, err
}

var errDollar = errors.New("has a $, and nothing is put in for one: put the value in single quotes to keep the $")

// bare reads a value without quotes: it ends at a # after a blank.
func bare(value string) (string, error) {
	if strings.HasPrefix(value, "#") {
		return "", nil
	}
	if i := comment.FindStringIndex(value); i != nil {
		value = value[:i[0]]
	}
	if strings.Contains(value, "$") {
		return "", errDollar
	}
	return strings.TrimSpace(value), nil
}

var comment = regexp.MustCompile(`[ \t]#`)

// quotedValue reads a value in quotes, and returns what follows its last line.
func quotedValue(text string) (value, rest string, err error) {
	text = strings.TrimLeft(text, " \t")
	quote, text := text[0], text[1:]
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == quote:
			after, rest, _ := strings.Cut(text[i+1:], "\n")
			if after = strings.TrimSpace(after); after != "" && after[0] != '#' {
				return "", "", errors.New("goes on after the closing quote: put all of the value in quotes")
			}
			return b.String(), rest, nil
		case quote == '"' && c == '$':
			return "", "", errDollar
		case quote == '"' && c == '\\':
			i++
			at := -1
			if i < len(text) {
				at = strings.IndexByte(`\"$nrt`, text[i])
			}
			if at < 0 {
				return "", "", errors.New(`has a \ that begins none of \\ \" \$ \n \r \t: ` +
					`put the value in single quotes to keep the \`)
			}
			b.WriteByte("\\\"$\n\r\t"[at])
		default:
			b.WriteByte(c)
		}
	}
	return "", "", errors.New("begins a quote that nothing closes")
}
