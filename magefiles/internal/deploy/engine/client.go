package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/Masterminds/semver/v3"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// choose sees to it that the docker program which PATH finds first can build: another one that can is linked into the
// cache's bin folder, which goes before all else.
func (e *Engine) choose(ctx context.Context, answered versions) (note string, err error) {
	note = "Docker Engine " + answered.engine
	builder, err := e.builder(ctx, answered)
	first := e.machine().clients()[0]
	if err != nil || builder == first {
		return note, err
	}
	report.Info(ctx, "%s cannot build, because it has no buildx: %s is used", first, builder)
	if err := os.MkdirAll(filepath.Dir(e.link()), 0o755); err != nil {
		return "", fmt.Errorf("making the folder of programs: %w", err)
	}
	_ = os.Remove(e.link())
	if err := os.Symlink(builder, e.link()); err != nil {
		return "", fmt.Errorf("linking the docker program that can build: %w", err)
	}
	return note, nil
}

// builder is the first docker program on PATH that can build with BuildKit: one with buildx can, and one older than 23 has
// BuildKit built in; a newer one without buildx cannot.
func (e *Engine) builder(ctx context.Context, answered versions) (path string, err error) {
	for _, c := range e.machine().clients() {
		v := answered
		if c != v.path {
			if v, err = e.ask(ctx, c); err != nil {
				continue
			}
		}
		if e.builds(ctx, v) {
			return c, nil
		}
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	return "", fmt.Errorf("choosing a docker program: Docker Engine %s answers, but %s %s has no buildx and so cannot build images\n%s",
		answered.engine, answered.path, answered.client, e.machine().installBuildx())
}

func (e *Engine) builds(ctx context.Context, v versions) bool {
	if client, err := semver.NewVersion(v.client); err == nil && client.Major() < 23 {
		return true
	}
	return e.Runner.Run(ctx, runner.Cmd(v.path, "buildx", "version")) == nil
}

// installBuildx is the line that installs buildx here.
func (h *host) installBuildx() string {
	switch {
	case h.goos == "darwin":
		return "Install it: brew install docker-buildx, then follow what it prints"
	case h.goos == "windows":
		return "Update Docker Desktop, which brings it along"
	case h.has("apt-get"):
		return "Install it: sudo apt-get install docker-buildx-plugin (Docker's own packages) or docker-buildx (Debian 13, Ubuntu)"
	case h.has("dnf"):
		return "Install it: sudo dnf install docker-buildx-plugin"
	default:
		return "Install it as https://docs.docker.com/go/buildx tells"
	}
}
