package images

import (
	"bytes"
	"regexp"
	"sync"
)

// buildProgress reads BuildKit's plain output and says which stage is being built. Both of docker's outputs write to it.
type buildProgress struct {
	say  func(line string)
	info func(line string) // for what is to stay on the screen

	mu   sync.Mutex
	rest []byte
}

// stage is a line such as `#12 [runtime 3/5] RUN npm run build`.
var stage = regexp.MustCompile(`^#\d+ \[([^]]+)\] (.+)$`)

// cache is a line of frontend/kept.
var cache = regexp.MustCompile(`^#\d+ [\d.]+ (the cache .+)$`)

// option is a part of an instruction that says nothing about what it does.
var option = regexp.MustCompile(`--(mount|chown|network)=\S+ `)

// Write implements io.Writer.
func (p *buildProgress) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rest = append(p.rest, b...)
	for {
		line, rest, found := bytes.Cut(p.rest, []byte("\n"))
		if !found {
			return len(b), nil
		}
		p.rest = rest
		if m := stage.FindSubmatch(bytes.TrimSpace(line)); m != nil && !bytes.HasPrefix(m[1], []byte("internal")) {
			p.say("[" + string(m[1]) + "] " + firstWords(option.ReplaceAllString(string(m[2]), "")))
		} else if m := cache.FindSubmatch(bytes.TrimSpace(line)); m != nil {
			p.info(string(m[1]))
		}
	}
}

// firstWords shortens a build instruction to what fits a line.
func firstWords(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
