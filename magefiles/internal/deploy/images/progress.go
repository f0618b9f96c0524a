package images

import (
	"io"
	"regexp"
	"strings"

	"todo-app/magefiles/internal/lines"
)

// stage is a line such as `#12 [runtime 3/5] RUN npm run build`.
var stage = regexp.MustCompile(`^#\d+ \[([^]]+)\] (.+)$`)

// cache is a line of frontend/kept.
var cache = regexp.MustCompile(`^#\d+ [\d.]+ (the cache .+)$`)

// option is a part of an instruction that says nothing about what it does.
var option = regexp.MustCompile(`--(mount|chown|network)=\S+ `)

// progress reads BuildKit's plain output. It says which stage is being built, and tells info what is to stay on the screen.
func progress(say, info func(line string)) io.Writer {
	return lines.To(func(line string) {
		if m := stage.FindStringSubmatch(line); m != nil && !strings.HasPrefix(m[1], "internal") {
			say("[" + m[1] + "] " + firstWords(option.ReplaceAllString(m[2], "")))
		} else if m := cache.FindStringSubmatch(line); m != nil {
			info(m[1])
		}
	})
}

// firstWords shortens a build instruction to what fits a line.
func firstWords(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
