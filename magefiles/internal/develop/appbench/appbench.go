// Package appbench measures the app itself, on this machine and with no container: the API beside a public peer's, the
// page in a real browser. It prints every figure beside its bar; a slow machine is no error.
package appbench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"

	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/develop/local"
	"todo-app/magefiles/internal/develop/toolchain"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Bench is one run. vegeta is on PATH.
type Bench struct {
	Toolchain toolchain.Toolchain
	Report    *report.Reporter
	Images    images.Builder // of the machine's own engine, whose images are measured where it has them
}

// row is one line of the table.
type row struct{ what, measured, bar, verdict string }

// within is the verdict on a figure that has an upper bar, or on a bar that a figure has to reach.
func within(value, bar float64) string {
	if value <= bar {
		return "✓"
	}
	return "missed"
}

// Run measures everything and prints the table.
func (b Bench) Run(ctx context.Context) error {
	log := filepath.Join(b.Toolchain.Cache, "bench.log")
	return local.RunProduction(ctx, b.Toolchain, log, func(p *local.Production, chromium string) error {
		var rows []row
		for _, measure := range []func() ([]row, error){
			func() ([]row, error) { return b.starting(ctx, p) },
			func() ([]row, error) { return b.listing(ctx, p) },
			func() ([]row, error) { return b.cost(ctx, p) },
			func() ([]row, error) { return b.page(ctx, p, chromium) },
			func() ([]row, error) { return b.sizes(ctx) },
		} {
			more, err := measure()
			if err != nil {
				return err
			}
			rows = append(rows, more...)
		}
		b.print(rows)
		return nil
	})
}

func (b Bench) print(rows []row) {
	var cells [][]string
	for _, r := range rows {
		cells = append(cells, []string{r.what, r.measured, r.bar, r.verdict})
	}
	b.Report.Print(report.Table([]string{"the app", "measured", "bar", ""}, cells))
}

// account is a visitor's, with many todos.
type account struct {
	cookie string // its session
	id     string
}

// copyTodo makes todos of the one that the API made, each a minute older than the one above it, every tenth completed.
const copyTodo = `
INSERT INTO todos (id, account_id, title, description, version, created_at, completed_at, position)
SELECT gen_random_uuid(), account_id, 'Todo ' || n, description, version, at, CASE WHEN n %% 10 = 0 THEN at END,
       'N' || upper(lpad(to_hex(4503599627370495 - (extract(epoch FROM at) * 1000000)::bigint), 13, '0'))
FROM (SELECT one.*, n, now() - n * interval '1 minute' AS at FROM todos AS one, generate_series(1, %[2]d) AS n WHERE id = (%[1]s)) AS copies`

// visitorWith makes a visitor who has n todos.
func visitorWith(ctx context.Context, p *local.Production, n int) (account, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.Backend.URL+"/api/todos", strings.NewReader(`{"title": "Todo 0"}`))
	if err != nil {
		return account{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return account{}, fmt.Errorf("making a visitor: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusCreated || len(answer.Cookies()) == 0 {
		text, _ := io.ReadAll(answer.Body)
		return account{}, fmt.Errorf("making a visitor: %s %s", answer.Status, text)
	}
	a := account{cookie: answer.Cookies()[0].Value}
	copies := fmt.Sprintf(copyTodo, newest("id"), n-1)
	if _, err := p.App.Value(ctx, p.Database, copies); err != nil {
		return account{}, err
	}
	if _, err := p.App.Value(ctx, p.Database, "VACUUM ANALYZE todos"); err != nil {
		return account{}, err
	}
	a.id, err = p.App.Value(ctx, p.Database, newest("account_id"))
	return a, err
}

// newest is the query for a column of the todo that the API made last.
func newest(column string) string {
	return "SELECT " + column + " FROM todos WHERE title = 'Todo 0' ORDER BY created_at DESC LIMIT 1"
}

// sizes are those of the images above their bases, where this machine's engine has them.
func (b Bench) sizes(ctx context.Context) ([]row, error) {
	bases, bars := images.Bases(), []float64{90, 120}
	set, err := b.Images.Current(ctx)
	var rows []row
	for i, name := range []string{"backend", "frontend"} {
		r := row{what: "image of the " + name + ", above its base", measured: "not built: `mage run` does", bar: fmt.Sprintf("≤ %.0f MB", bars[i])}
		if err == nil {
			whole, missing := b.size(ctx, set.Refs()[i])
			base, missingBase := b.size(ctx, bases[i])
			if missing == nil && missingBase == nil {
				above := (whole - base) / 1e6
				r.measured, r.verdict = fmt.Sprintf("%.0f MB", above), within(above, bars[i])
			}
		}
		rows = append(rows, r)
	}
	return rows, context.Cause(ctx)
}

func (b Bench) size(ctx context.Context, ref string) (bytes float64, err error) {
	text, err := b.Toolchain.Runner.Output(ctx, runner.Cmd("docker", "image", "inspect", "--format", "{{.Size}}", ref))
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(text, 64)
}
