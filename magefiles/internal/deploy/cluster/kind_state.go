package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"todo-app/magefiles/internal/runner"
)

// finished is a file of a node's folder /kind that it gets when its creation has ended: without it, the creation was
// interrupted.
const finished = "todo-app-finished"

// State implements Provider.
func (k Kind) State(ctx context.Context) (State, error) {
	state, err := k.Runner.Output(ctx, runner.Cmd("docker", "ps", "--all", "--filter", "name=^/?"+k.node()+"$",
		"--filter", "label=io.x-k8s.kind.cluster="+k.Profile, "--format", "{{.State}}"))
	switch {
	case err != nil:
		return "", fmt.Errorf("looking for the %s: %w", k.Name(), err)
	case state == "":
		return Absent, nil
	case state == "running":
		return k.runningState(ctx)
	case state == "created" && exists(k.begun()):
		return Incomplete, nil
	default:
		return Stopped, nil
	}
}

// runningState tells a finished cluster from one whose creation was interrupted. find succeeds either way: a node that
// cannot be asked for once must not be taken for an unfinished one, which is removed with all that it holds.
func (k Kind) runningState(ctx context.Context) (State, error) {
	found, err := k.Runner.Output(ctx, runner.Cmd("docker", "exec", k.node(), "find", "/kind", "-maxdepth", "1", "-name", finished))
	switch {
	case err != nil:
		return "", fmt.Errorf("looking whether the %s is complete: %w", k.Name(), err)
	case found != "":
		return Running, nil
	case exists(k.begun()):
		return Incomplete, nil
	default:
		return "", fmt.Errorf("looking whether the %s is complete: this project did not make it, and so leaves it alone; choose another name with TODO_PROFILE, or remove it: docker rm --force --volumes %s",
			k.Name(), k.node())
	}
}

// begun is a file that stands for a creation from its beginning to its end: it tells an unfinished node of ours, which may
// be removed, from a cluster of the user's that has the same name.
func (k Kind) begun() string { return filepath.Join(k.Cache, "creating-kind-"+k.Profile) }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// samePort makes sure that the node publishes the configured port: a container's ports cannot be changed.
func (k Kind) samePort(ctx context.Context) error {
	published, err := k.Runner.Output(ctx, runner.Cmd("docker", "port", k.node(), "80/tcp"))
	if err != nil {
		return fmt.Errorf("reading which port the %s publishes: %w", k.Name(), err)
	}
	if want := net.JoinHostPort("127.0.0.1", strconv.Itoa(k.HTTPPort)); !slices.Contains(strings.Fields(published), want) {
		return fmt.Errorf("reaching the %s: it answers at %s, but TODO_HTTP_PORT says %d: set it to that port, or remove the cluster first (`mage destroy`)",
			k.Name(), published, k.HTTPPort)
	}
	return nil
}

// portFree tells who to ask to move when the port is taken, before anything is created. A port that only root may take is
// the engine's to take: it counts as free unless something answers there.
func portFree(port int) error {
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	l, err := net.Listen("tcp", address)
	if errors.Is(err, fs.ErrPermission) {
		conn, unanswered := net.DialTimeout("tcp", address, time.Second)
		if unanswered != nil {
			return nil
		}
		_ = conn.Close()
		err = fmt.Errorf("listening: %w", errors.New("another program answers there"))
	}
	if err != nil {
		return fmt.Errorf("port %d of 127.0.0.1 cannot be taken (%w); stop the program that has it (`ss -ltnp` names it), or choose another port with TODO_HTTP_PORT=8080",
			port, errors.Unwrap(err))
	}
	return l.Close()
}
