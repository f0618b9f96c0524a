package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
)

// failed is what asking a silent engine ends with.
func failed(output string) error {
	return &runner.RunError{Command: runner.Cmd("docker", "version"), Output: output,
		Inner: errors.New("exit status 1")}
}

func TestAdviceNamesWhatWasFoundAndTheLineThatMendsIt(t *testing.T) {
	t.Parallel()
	const down = "Cannot connect to the Docker daemon"
	systemd := fstest.MapFS{"run/systemd/system/x": {}}
	for name, c := range map[string]struct {
		change   func(*Engine)
		programs []string
		failure  error
		want     string
	}{
		"DOCKER_HOST points nowhere": {func(e *Engine) { e.Host = "tcp://10.0.0.1:2375" }, []string{"docker"},
			failed(down),
			"looking for Docker Engine: DOCKER_HOST is tcp://10.0.0.1:2375, and no engine answers there\n" +
				"Start that engine, or use the machine's own: unset DOCKER_HOST"},
		"the socket is not ours": {nil, []string{"docker", "dockerd"},
			failed("permission denied while trying to connect to the Docker daemon socket"),
			"looking for Docker Engine: it runs, but this user may not use its socket\n" +
				"Join its group and log in again: sudo usermod -aG docker \"$USER\" && newgrp docker"},
		"systemd's unit is stopped": {func(e *Engine) { e.Machine.Files = systemd },
			[]string{"docker", "dockerd", "systemctl"}, failed(down),
			"looking for Docker Engine: it is installed and does not run\n" +
				"Start it: sudo systemctl enable --now docker"},
		"no init system": {nil, []string{"docker", "dockerd"}, failed(down),
			"looking for Docker Engine: it is installed and does not run\n" +
				"Start it: sudo service docker start (or sudo dockerd, in a terminal of its own)"},
		"nothing on a Debian": {nil, []string{"apt-get"}, errNoClient,
			"looking for Docker Engine: none is installed, and only root may install one\n" +
				"Install it: sudo apt-get install -y docker.io && sudo usermod -aG docker \"$USER\" && newgrp docker"},
		"nothing elsewhere": {nil, nil, errNoClient,
			"looking for Docker Engine: none is installed\n" +
				"Install it as https://docs.docker.com/engine/install/ tells"},
		"Docker Desktop on a Mac": {func(e *Engine) { e.Machine.GOOS = "darwin" }, []string{"docker"}, failed(down),
			"looking for Docker Engine: it does not answer\nStart Docker Desktop: open -a Docker"},
		"nothing on a Mac": {func(e *Engine) { e.Machine.GOOS = "darwin" }, nil, errNoClient,
			"looking for Docker Engine: docker is not on PATH\n" +
				"Install Docker Desktop: https://docs.docker.com/desktop/"},
		"Docker Desktop behind WSL": {func(e *Engine) {
			e.Machine.Files = fstest.MapFS{
				"proc/sys/kernel/osrelease": {Data: []byte("6.6.87.2-microsoft-standard-WSL2\n")}}
		}, []string{"docker"}, failed(down),
			"looking for Docker Engine: it does not answer\nStart Docker Desktop on Windows, with WSL integration " +
				"switched on for this distribution (Settings, Resources, WSL integration)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, c.programs)
			if c.change != nil {
				c.change(b.Engine)
			}
			assert.Empty(t, b.plan(c.failure))
			assert.EqualError(t, b.advise(c.failure), c.want)
		})
	}
}

func TestWhatFailedBecauseTheEngineIsGoneSaysSo(t *testing.T) {
	t.Parallel()
	build := &runner.RunError{Command: runner.Cmd("docker", "build"), Output: "unexpected EOF",
		Inner: errors.New("exit status 1")}
	for name, c := range map[string]struct {
		plan, host, output string
		fails              bool
		err                error
		want               string
	}{
		"it answers": {output: "28.0 28.0", err: build},
		"somebody else's": {host: "unix:///x", fails: true, err: build,
			want: "\nlooking for Docker Engine: DOCKER_HOST is"},
		"deploy can start it": {plan: "does not run; deploy starts it", fails: true, err: build,
			want: "\nDocker Engine does not run; deploy starts it"},
		"no program has failed":  {err: errors.New("setting X")},
		"it is said in the step": {err: fmt.Errorf("looking for Docker Engine: %s", "it does not answer")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, []string{"docker"}, runner.Reply{Prefix: "%bin%/docker" + versionArgs, Output: c.output,
				Fails: map[bool]string{true: "Cannot connect to the Docker daemon"}[c.fails]})
			b.Host, b.Starter = c.host, &starter{plan: c.plan}
			err := b.Explain(t.Context(), c.err)
			require.ErrorIs(t, err, c.err)
			assert.Contains(t, err.Error(), c.err.Error()+c.want)
			if c.want == "" {
				assert.Equal(t, c.err, err)
			}
		})
	}
}

func TestAFullDiskOfTheEngineIsNamed(t *testing.T) {
	t.Parallel()
	said := func(program, text string) error {
		return fmt.Errorf("building: %w", &runner.RunError{Command: runner.Cmd(program), Output: text, Inner: errors.New("exit status 1")})
	}
	const advice = "\nThe disk of the Docker Engine is full, or a node's: `docker system df`"
	for name, c := range map[string]struct {
		err   error
		named bool
	}{
		"a build":           {said("docker", "write /var/lib/docker/x: no space left on device"), true},
		"a pod":             {said("helm", "FATAL: could not write lock file: No space left on device"), true},
		"kind's library":    {errors.New("failed to create cluster: mkdir /kind/manifests: no space left on device"), true},
		"a compiler's disk": {said("go", "write $WORK/b001/_pkg_.a: no space left on device"), false},
		"another failure":   {said("docker", "no-such-program: not found"), false},
		"a file of our own": {fmt.Errorf("keeping it: %w", &fs.PathError{Op: "write", Path: "/cache/x", Err: syscall.ENOSPC}), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, []string{"docker"}, runner.Reply{Prefix: "%bin%/docker" + versionArgs, Output: "28.0.0 28.0.0"})
			err := b.Explain(t.Context(), c.err)
			require.ErrorIs(t, err, c.err)
			assert.Equal(t, c.named, strings.Contains(err.Error(), advice), err)
		})
	}
}

func TestARegistryOfPackagesThatDoesNotAnswerABuildIsNamed(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "")
	t.Setenv("https_proxy", "http://127.0.0.1:9")
	for _, c := range []struct{ name, call, said, want string }{
		{"pip", "docker build", "WARNING: Retrying after connection broken by 'ProxyError('Cannot connect to proxy.')'\n" +
			"ERROR: No matching distribution found for alembic", "at the proxy that https_proxy names"},
		{"npm", "docker build", "npm error code ENOTFOUND", "The registry of packages did not answer"},
		{"apt, a name", "docker build", "Err:1 http://x/debian bookworm InRelease\n  Temporary failure resolving 'x'", "did not answer"},
		{"apt, a proxy", "docker build", "Could not connect to 127.0.0.1:9 (127.0.0.1). - connect (111: Connection refused)", "did not answer"},
		{"the Dockerfile is wrong", "docker build", "no-such-program: not found", ""},
		{"no build", "docker exec", "Could not connect to the database", ""},
		{"no image", "npm run build", "Error: connect ECONNREFUSED 127.0.0.1:8000", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, []string{"docker"}, runner.Reply{Prefix: "%bin%/docker" + versionArgs, Output: "28.0.0 28.0.0"})
			call := strings.Fields(c.call)
			build := &runner.RunError{Command: runner.Cmd(call[0], call[1:]...), Output: c.said, Inner: errors.New("exit status 1")}
			err := b.Explain(t.Context(), build)
			require.ErrorIs(t, err, build)
			assert.Contains(t, err.Error(), c.want)
			assert.Equal(t, c.want == "", err == error(build))
		})
	}
}
