package appbench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"todo-app/magefiles/internal/develop/browser"
	"todo-app/magefiles/internal/develop/local"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// longList is how many todos the list has that is filtered and scrolled.
const longList = 1_000

// Lighthouse, and the Node.js that it needs: the project itself runs on older ones.
const (
	lighthouse     = "lighthouse@13.5.0"
	lighthouseNode = "node@22.23.3"
)

// figures are what frontend/tests/bench/page.mjs measures.
type figures struct {
	LCP             float64 // milliseconds to the largest contentful paint
	JavaScript      float64 // bytes of the scripts that the first page's document asks for, as they were transferred
	LaterJavaScript float64 // bytes of those that the page fetches afterwards, when it is idle
	Filter          float64 // milliseconds from a click on a filter to its list
	LongestTask     float64 // milliseconds of the longest task while scrolling, 0 where none took 50
	Scrolled        int     // todos that were scrolled past
}

// page measures the first page and a long list in a real browser, as it is deployed.
func (b Bench) page(ctx context.Context, p *local.Production, chromium string) ([]row, error) {
	report.Progress(ctx, "the page in Chromium, with %d todos", longList)
	visitor, err := visitorWith(ctx, p, longList)
	if err != nil {
		return nil, err
	}
	call := runner.Cmd("node", filepath.Join("tests", "bench", "page.mjs")).In(filepath.Join(b.Toolchain.Root, "frontend")).
		WithEnv("CHROMIUM_PATH="+chromium, fmt.Sprintf("E2E_BASE_URL=http://%s:%d", browser.Host, p.Port),
			"E2E_RESOLVE=127.0.0.1", "BENCH_SESSION="+visitor.cookie)
	var f figures
	if err := runner.JSON(ctx, b.Toolchain.Runner, call, &f); err != nil {
		return nil, fmt.Errorf("measuring the page: %w", err)
	}
	longest := "none over 50 ms"
	if f.LongestTask > 0 {
		longest = fmt.Sprintf("%.0f ms", f.LongestTask)
	}
	rows := []row{
		{"first page, largest contentful paint", fmt.Sprintf("%.0f ms", f.LCP), "≤ 1 s", within(f.LCP, 1000)},
		{"first page, JavaScript", fmt.Sprintf("%.0f kB gzip", f.JavaScript/1000), "≤ 165 kB", within(f.JavaScript, 165_000)},
		{"first page, JavaScript fetched when idle", fmt.Sprintf("%.0f kB gzip", f.LaterJavaScript/1000), "", ""},
		{fmt.Sprintf("%d todos, a filter's answer", longList), fmt.Sprintf("%.0f ms", f.Filter), "≤ 100 ms", within(f.Filter, 100)},
		{fmt.Sprintf("longest task, scrolling past %d", f.Scrolled), longest, "≤ 50 ms", within(f.LongestTask, 50)},
	}
	scores, err := b.lighthouse(ctx, p, chromium)
	return append(rows, scores...), err
}

// categories are what Lighthouse scores, by its own names for them.
var categories = []string{"performance", "accessibility", "best-practices", "seo"}

// lighthouse scores the first page by Lighthouse's own default, a slow phone. It takes localhost, as a page of another
// name without TLS loses points for that.
func (b Bench) lighthouse(ctx context.Context, p *local.Production, chromium string) ([]row, error) {
	bin, err := b.Toolchain.NodePrograms(ctx, lighthouseNode, lighthouse)
	if err != nil {
		return nil, err
	}
	report.Progress(ctx, "Lighthouse")
	path := "PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH")
	call := runner.Cmd(filepath.Join(bin, "lighthouse"), fmt.Sprintf("http://localhost:%d/", p.Port), "--quiet", "--output=json",
		"--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage").WithEnv(path, "CHROME_PATH="+chromium)
	scores := map[string][]float64{}
	for range rounds {
		var result struct {
			Categories map[string]struct{ Score float64 }
		}
		if err := runner.JSON(ctx, b.Toolchain.Runner, call, &result); err != nil {
			return nil, fmt.Errorf("scoring the page with Lighthouse: %w", err)
		}
		for _, key := range categories {
			scores[key] = append(scores[key], result.Categories[key].Score)
		}
	}
	return []row{scored(scores)}, nil
}

// scored is the row of Lighthouse's scores, which go to 1, of each run by category.
func scored(scores map[string][]float64) row {
	var parts []string
	lowest := 1.0
	for _, key := range categories {
		score := median(scores[key])
		lowest = min(lowest, score)
		parts = append(parts, fmt.Sprintf("%s %.0f", strings.ReplaceAll(key, "-", " "), 100*score))
	}
	return row{"Lighthouse, as a slow phone", strings.Join(parts, ", "), "≥ 95 each", within(0.95, lowest)}
}
