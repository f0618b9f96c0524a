package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/joho/godotenv"
)

// readDotenv reads the file .env at path; where there is none, nothing is set. An error names the line and does not show
// it, as godotenv's own would: secrets stand there.
func readDotenv(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the settings: %w", err)
	}
	values, ok := parseDotenv(string(text))
	if ok {
		return values, nil
	}
	number := 1
	for line := range strings.Lines(string(text)) {
		if _, ok := parseDotenv(line); !ok {
			break
		}
		number++
	}
	return nil, fmt.Errorf("reading %s: line %d is not NAME=value; put a value with blanks, quotes or $ in single quotes, as in .env.example", path, number)
}

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// parseDotenv refuses what godotenv lets pass: a line without "=" gives it a variable with no name, or an impossible one.
func parseDotenv(text string) (map[string]string, bool) {
	values, err := godotenv.Unmarshal(text)
	for name := range values {
		if !variable.MatchString(name) {
			return nil, false
		}
	}
	return values, err == nil
}
