package testsuite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Lint makes every check that runs nothing: Go, the workflows, the chart, the backend, the frontend.
func (s Suite) Lint(ctx context.Context) (string, error) {
	for _, check := range []func(context.Context) error{s.lintGo, s.lintWorkflows, s.lintChart, s.lintBackend, s.lintFrontend} {
		if err := check(ctx); err != nil {
			return "", err
		}
	}
	return "Go, workflows, chart, backend and frontend are clean", nil
}

func (s Suite) lintGo(ctx context.Context) error {
	report.Progress(ctx, "gofmt, go vet, staticcheck")
	unformatted, err := s.Runner.Output(ctx, runner.Cmd("gofmt", "-l", "magefile.go", "magefiles", "deploy", "tools").In(s.Root))
	if err != nil {
		return err
	}
	if unformatted != "" {
		return fmt.Errorf("checking the format of the Go sources: run `gofmt -w` on %s", strings.ReplaceAll(unformatted, "\n", " "))
	}
	return errors.Join(
		s.Runner.Run(ctx, runner.Cmd("go", "vet", "./...").In(s.Root)),
		s.Runner.Run(ctx, runner.Cmd("go", "vet", "-tags", "mage,e2e", "./magefiles/...").In(s.Root)),
		s.Runner.Run(ctx, s.linter("staticcheck", "./...")),
		s.Runner.Run(ctx, s.linter("staticcheck", "-tags", "mage,e2e", "./magefiles/...")),
	)
}

// lintWorkflows has no use for two programs that some machines have: what is found must not depend on them.
func (s Suite) lintWorkflows(ctx context.Context) error {
	report.Progress(ctx, "actionlint")
	return s.Runner.Run(ctx, s.linter("actionlint", "-shellcheck=", "-pyflakes="))
}

// linter is the call of a program that the go command builds from the module of that name under tools/, and keeps.
func (s Suite) linter(name string, args ...string) runner.Command {
	return runner.Cmd("go", append([]string{"tool", "-modfile=tools/" + name + "/go.mod", name}, args...)...).In(s.Root)
}

func (s Suite) lintChart(ctx context.Context) error {
	report.Progress(ctx, "helm lint")
	return s.Runner.Run(ctx, runner.Cmd("helm", "lint", "--strict", "--quiet", filepath.Join(s.Root, "deploy", "helm", "todo-app")))
}

func (s Suite) lintBackend(ctx context.Context) error {
	python, err := s.toolchain().Python(ctx)
	if err != nil {
		return err
	}
	for _, check := range []string{"ruff check .", "ruff format --check .", "mypy"} {
		report.Progress(ctx, "%s", check)
		call := runner.Cmd(python, append([]string{"-m"}, strings.Fields(check)...)...)
		call = call.WithEnv("MYPY_CACHE_DIR=" + filepath.Join(s.Cache, "mypy")) // every clone but the first takes seconds
		if err := s.Runner.Run(ctx, call.In(filepath.Join(s.Root, "backend"))); err != nil {
			return err
		}
	}
	return nil
}

func (s Suite) lintFrontend(ctx context.Context) error {
	if err := s.toolchain().NodeModules(ctx); err != nil {
		return err
	}
	report.Progress(ctx, "biome, tsc")
	npm := func(script string) error {
		return s.Runner.Run(ctx, runner.Cmd("npm", "run", script).In(s.frontend()))
	}
	if err := npm("lint"); err != nil {
		return err
	}
	return s.keepingTypes(func() error { return npm("typecheck") })
}

// keepingTypes has the type checker start from what it knew after its last success, in any clone, and keeps what it knows
// after this one: a clone's first check takes a third of the time. TypeScript looks at the contents of the files itself, so
// what is kept may be old or absent, and that it cannot be kept is no error.
func (s Suite) keepingTypes(check func() error) error {
	const name = "tsconfig.tsbuildinfo"
	own, kept := filepath.Join(s.frontend(), name), filepath.Join(s.Cache, name)
	if _, err := os.Stat(own); errors.Is(err, os.ErrNotExist) {
		_ = replace(own, kept)
	}
	if err := check(); err != nil {
		return err
	}
	_ = replace(kept, own)
	return nil
}

// replace makes the file at path a copy of another, at once: a check in another clone never reads half of it.
func replace(path, with string) error {
	text, err := os.ReadFile(with)
	if err != nil {
		return err
	}
	half := fmt.Sprintf("%s.%d", path, os.Getpid())
	if err := os.WriteFile(half, text, 0o644); err != nil {
		return err
	}
	return os.Rename(half, path)
}

func (s Suite) frontend() string { return filepath.Join(s.Root, "frontend") }
