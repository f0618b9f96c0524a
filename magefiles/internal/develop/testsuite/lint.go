package testsuite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/develop/toolchain"
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
		s.Runner.Run(ctx, runner.Cmd("go", "vet", "-tags", tags, "./magefiles/...").In(s.Root)),
		s.Runner.Run(ctx, s.linter("staticcheck", "./...")),
		s.Runner.Run(ctx, s.linter("staticcheck", "-tags", tags, "./magefiles/...")),
	)
}

// tags are those of the targets and of the layers of tests.
const tags = "mage,e2e,minikube,long"

// lintWorkflows has no use for two programs that some machines have: what is found must not depend on them. The workflows
// are named, as sources without git are linted, too.
func (s Suite) lintWorkflows(ctx context.Context) error {
	report.Progress(ctx, "actionlint")
	workflows, err := filepath.Glob(filepath.Join(s.Root, ".github", "workflows", "*.yml"))
	if err != nil || len(workflows) == 0 {
		return err // a folder of sources may come without them
	}
	return s.Runner.Run(ctx, s.linter("actionlint", append([]string{"-shellcheck=", "-pyflakes="}, workflows...)...))
}

// linter returns the call of a program that the go command builds from the module of that name under tools/, and keeps.
func (s Suite) linter(name string, args ...string) runner.Command {
	return runner.Cmd("go", append([]string{"tool", "-modfile=tools/" + name + "/go.mod", name}, args...)...).In(s.Root)
}

func (s Suite) lintChart(ctx context.Context) error {
	report.Progress(ctx, "helm lint")
	return s.Runner.Run(ctx, runner.Cmd("helm", "lint", "--strict", "--quiet", chart.Folder(s.Root)))
}

func (s Suite) lintBackend(ctx context.Context) error {
	python, err := s.toolchain().Python(ctx)
	if err != nil {
		return err
	}
	for _, check := range []runner.Command{
		runner.Cmd(python, "-m", "ruff", "check", "--no-cache", "."), // which takes half a second
		runner.Cmd(python, "-m", "ruff", "format", "--no-cache", "--check", "."),
		toolchain.Kept(ctx, s.Cache, s.Root, "mypy", "requirements-dev.txt", ".mypy_cache", python, "-m", "mypy"),
	} {
		report.Progress(ctx, "ruff, mypy")
		if err := s.Runner.Run(ctx, check.In(filepath.Join(s.Root, "backend"))); err != nil {
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
	if err := s.Runner.Run(ctx, runner.Cmd("npm", "run", "lint").In(s.frontend())); err != nil {
		return err
	}
	types := toolchain.Kept(ctx, s.Cache, s.Root, "tsc", "package-lock.json", "tsconfig.tsbuildinfo", "npm", "run", "typecheck")
	return s.Runner.Run(ctx, types.In(s.frontend()))
}

func (s Suite) frontend() string { return filepath.Join(s.Root, "frontend") }
