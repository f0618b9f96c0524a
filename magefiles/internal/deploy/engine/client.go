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

// linkBuilder makes the docker program that PATH finds first one that can build: where the first cannot, another one is
// linked into the cache's bin folder, which comes before PATH.
func (e *Engine) linkBuilder(ctx context.Context, answered versions) (note string, err error) {
	note = "Docker Engine " + answered.engine
	builder, err := e.builder(ctx, answered)
	first := e.clients()[0]
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

// builder returns the first docker program on PATH that can build with BuildKit.
func (e *Engine) builder(ctx context.Context, answered versions) (path string, err error) {
	for _, c := range e.clients() {
		v := answered
		if c != v.path {
			if v, err = e.ask(ctx, c); err != nil {
				continue
			}
		}
		// One older than 23 has BuildKit built in, a newer one needs the plug-in buildx
		// (https://docs.docker.com/engine/release-notes/23.0/#2300).
		client, err := semver.NewVersion(v.client)
		if err == nil && client.Major() < 23 || e.Runner.Run(ctx, runner.Cmd(c, "buildx", "version")) == nil {
			return c, nil
		}
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	return "", fmt.Errorf("choosing a docker program: Docker Engine %s answers, "+
		"but %s %s has no buildx and so cannot build images\n%s",
		answered.engine, answered.path, answered.client, e.installBuildx())
}

// installBuildx returns the line that installs buildx here.
func (e *Engine) installBuildx() string {
	switch {
	case e.Machine.GOOS == "darwin":
		return "Install it: brew install docker-buildx, then follow what it prints"
	case e.Machine.GOOS == "windows":
		return "Update Docker Desktop, which brings it along"
	case e.Machine.Has("apt-get"):
		return "Install it: sudo apt-get install docker-buildx-plugin (Docker's own packages) " +
			"or docker-buildx (Debian 13, Ubuntu)"
	case e.Machine.Has("dnf"):
		return "Install it: sudo dnf install docker-buildx-plugin"
	default:
		return "Install it as https://docs.docker.com/go/buildx tells"
	}
}
