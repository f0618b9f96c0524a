// Package leak is how tests look for secrets in what programs print and keep: parts of them, too, and in whatever form
// programs write text.
package leak

import (
	"encoding/base64"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// shortest is how many characters in a row of a secret are too many.
const shortest = 6

// Find says which characters of secret are in text, and in which form; "" where fewer than six in a row are.
func Find(text, secret string) string {
	characters := []rune(secret)
	for _, form := range forms(text) {
		for i := 0; i+shortest <= len(characters); i++ {
			if strings.Contains(form.text, string(characters[i:i+shortest])) {
				return fmt.Sprintf("its characters from %d on, %s", i+1, form.name)
			}
		}
	}
	return ""
}

type form struct{ name, text string }

// forms are text as it is, and what it says to those who read it once or twice in one of the ways.
func forms(text string) []form {
	all, last := []form{{"as they are", text}}, []form{{"", text}}
	for range 2 {
		var next []form
		for _, before := range last {
			for _, way := range ways {
				read := way.read(before.text)
				if !slices.ContainsFunc(all, func(f form) bool { return f.text == read }) {
					next = append(next, form{strings.TrimPrefix(before.name+", ", ", ") + way.name, read})
					all = append(all, next[len(next)-1])
				}
			}
		}
		last = next
	}
	return all
}

// ways are those in which programs write text so that others read it.
var ways = []struct {
	name string
	read func(string) string
}{
	{"percent-encoded", percent},
	{"as a query", func(text string) string { return percent(strings.ReplaceAll(text, "+", " ")) }},
	{"escaped", unescape},
	{"in quotes", strings.NewReplacer(`'"'"'`, "'", `'\''`, "'", "''", "'", `""`, `"`).Replace},
	{"as HTML", html.UnescapeString},
	{"in base64", decode},
	{"in base64, in lines", func(text string) string { return decode(strings.ReplaceAll(text, "\n", "")) }},
}

var encoded = regexp.MustCompile(`(?:%[0-9A-Fa-f]{2})+`)

func percent(text string) string {
	return encoded.ReplaceAllStringFunc(text, func(bytes string) string { return hexadecimal(bytes, "%") })
}

// escape is one of JSON's, a shell's or a programming language's; \u stands in rows, since a character may be two.
var escape = regexp.MustCompile(`(?:\\u[0-9A-Fa-f]{4})+|(?:\\x[0-9A-Fa-f]{2})+|\\U[0-9A-Fa-f]{8}|(?:\\[0-7]{3})+|\\.`)

func unescape(text string) string {
	return escape.ReplaceAllStringFunc(text, func(one string) string {
		switch {
		case len(one) == 2 || one[1] >= utf8.RuneSelf:
			return one[1:]
		case one[1] == 'u':
			var units []uint16
			for _, digits := range strings.Split(one[2:], `\u`) {
				units = append(units, uint16(number(digits, 16)))
			}
			return string(utf16.Decode(units))
		case one[1] == 'x':
			return hexadecimal(one, `\x`)
		case one[1] == 'U':
			return string(rune(number(one[2:], 16)))
		}
		var bytes []byte
		for _, digits := range strings.Split(one[1:], `\`) {
			bytes = append(bytes, byte(number(digits, 8)))
		}
		return string(bytes)
	})
}

func hexadecimal(text, mark string) string {
	var bytes []byte
	for _, digits := range strings.Split(text[len(mark):], mark) {
		bytes = append(bytes, byte(number(digits, 16)))
	}
	return string(bytes)
}

func number(digits string, base int) uint64 {
	n, _ := strconv.ParseUint(digits, base, 32) // the expressions let only digits through
	return n
}

var run = regexp.MustCompile(`[A-Za-z0-9+/_-]{8,}`)

// decode reads what looks like base64, from each of the four characters that it may begin at.
func decode(text string) string {
	var out strings.Builder
	standard := strings.NewReplacer("-", "+", "_", "/")
	for _, one := range run.FindAllString(text, -1) {
		one = standard.Replace(one)
		for from := range 4 {
			part := one[from:]
			if len(part)%4 == 1 { // a character alone is less than a byte
				part = part[:len(part)-1]
			}
			bytes, _ := base64.RawStdEncoding.DecodeString(part)
			out.Write(append(bytes, '\n'))
		}
	}
	return out.String()
}
