package appbench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// ownScripts is the table's line for the scripts that the first page asks for beyond those of the plain page, which are
// what Next itself takes.
func ownScripts(ctx context.Context, app, plain string) (row, error) {
	all, err := scripts(ctx, app)
	if err != nil {
		return row{}, err
	}
	floor, err := scripts(ctx, plain)
	if err != nil {
		return row{}, err
	}
	own := float64(all-floor) / 1000
	measured := fmt.Sprintf("%.0f kB gzip (plain page %.0f kB)", own, float64(floor)/1000)
	return row{"first page, JavaScript of the app's own", measured, "≤ 30 kB", within(own, 30)}, nil
}

var (
	scriptTag  = regexp.MustCompile(`<(?:script|link)\b[^>]*>`)
	scriptPath = regexp.MustCompile(`(?:src|href)="(/_next/static/[^"]+\.js)"`)
)

// scripts counts the bytes, as they are transferred, of all scripts that a server's first page asks for.
func scripts(ctx context.Context, server string) (int, error) {
	page, err := fetch(ctx, server+"/", "identity")
	if err != nil {
		return 0, err
	}
	seen, bytes := map[string]bool{}, 0
	for _, tag := range scriptTag.FindAllString(string(page), -1) {
		path := scriptPath.FindStringSubmatch(tag)
		// A browser that knows modules, as every one of the last years does, leaves out what is for the others.
		if path == nil || seen[path[1]] || strings.Contains(tag, "noModule") {
			continue
		}
		seen[path[1]] = true
		script, err := fetch(ctx, server+path[1], "gzip")
		if err != nil {
			return 0, err
		}
		bytes += len(script)
	}
	if bytes == 0 {
		return 0, fmt.Errorf("counting the scripts of %s: its page asks for none", server)
	}
	return bytes, nil
}

// fetch returns a body as it was transferred in an encoding.
func fetch(ctx context.Context, url, encoding string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept-Encoding", encoding)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("counting scripts: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("counting scripts: %s answered %s", url, answer.Status)
	}
	return io.ReadAll(answer.Body)
}
