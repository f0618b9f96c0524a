package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"

	"todo-app/magefiles/internal/runner"
)

// Explain is err, and what to do where the engine is the cause, its disk is full or it has stopped answering, or where
// no registry of packages answered a build.
func (e *Engine) Explain(ctx context.Context, err error) error {
	run, ofProgram := errors.AsType[*runner.RunError](err)
	// A file that this program or a compiler on this machine writes is on another disk. Kind's library has no RunError.
	ofEngine := !ofProgram && !errors.Is(err, syscall.ENOSPC) || ofProgram && slices.Contains(runner.Clients, run.Command.Name)
	if ofEngine && full.MatchString(err.Error()) {
		return fmt.Errorf("%w\nThe disk of the Docker Engine is full, or a node's: `docker system df` says what takes the room. "+
			"`docker builder prune` frees what builds keep, which the next ones make again", err)
	}
	if !ofProgram {
		return err
	}
	if run.Command.Name == "docker" && slices.Contains(run.Command.Args, "build") && unreachable.MatchString(run.Output) {
		return fmt.Errorf("%w\nThe registry of packages did not answer. Look at the network%s, and run the command again", err, proxy())
	}
	_, failure := e.find(ctx)
	switch {
	case failure == nil || ctx.Err() != nil:
		return err
	case e.plan(failure) != "":
		return fmt.Errorf("%w\nDocker Engine %s", err, e.plan(failure))
	}
	return fmt.Errorf("%w\n%w", err, e.advise(failure))
}

// full is what programs say that have no room for what they write.
var full = regexp.MustCompile(`(?i)no space left on device|ENOSPC`)

// unreachable is what pip, npm and apt say of a registry of packages that they do not reach.
var unreachable = regexp.MustCompile(`ProxyError|NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|` +
	`Temporary failure in name resolution|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|` +
	`Temporary failure resolving|Could not (resolve|connect to)|Unable to connect to|Connection (failed|timed out)`)

// proxy names the proxy that builds are given.
func proxy() string {
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		if os.Getenv(name) != "" {
			return " and at the proxy that " + name + " names, or unset that"
		}
	}
	return ""
}

// advise returns the error for an engine that does not answer and cannot be started, with the line that mends it.
func (e *Engine) advise(failure error) error {
	found, mend := e.diagnose(runner.Output(failure))
	if !errors.Is(failure, errNoClient) && runner.Output(failure) == "" {
		found += " (" + failure.Error() + ")"
	}
	return errors.New("looking for Docker Engine: " + found + "\n" + mend)
}

func (e *Engine) diagnose(output string) (found, mend string) {
	m := e.Machine
	const desktop = "https://docs.docker.com/desktop/"
	installed := len(e.clients()) > 0
	switch {
	case e.Host != "":
		return fmt.Sprintf("DOCKER_HOST is %s, and no engine answers there", e.Host),
			"Start that engine, or use the machine's own: unset DOCKER_HOST"
	case denied(output):
		return "it runs, but this user may not use its socket",
			"Join its group and log in again: sudo usermod -aG docker \"$USER\" && newgrp docker"
	case !installed && (m.GOOS == "darwin" || m.GOOS == "windows"):
		return "docker is not on PATH", "Install Docker Desktop: " + desktop
	case m.GOOS == "darwin":
		return "it does not answer", "Start Docker Desktop: open -a Docker"
	case m.GOOS == "windows":
		return "it does not answer",
			"Start Docker Desktop from the Start menu, and wait until it says that the engine is running"
	case m.WSL() && !m.Has("dockerd"):
		return "it does not answer",
			"Start Docker Desktop on Windows, with WSL integration switched on for this distribution " +
				"(Settings, Resources, WSL integration)"
	case m.Has("dockerd") && m.Systemd():
		return "it is installed and does not run", "Start it: sudo systemctl enable --now docker"
	case m.Has("dockerd"):
		return "it is installed and does not run",
			"Start it: sudo service docker start (or sudo dockerd, in a terminal of its own)"
	case strings.Contains(output, ".docker/desktop/"):
		return "the docker context is Docker Desktop's, which does not run",
			"Start Docker Desktop: systemctl --user start docker-desktop"
	case m.Has("apt-get"):
		return "none is installed, and only root may install one",
			"Install it: sudo apt-get install -y docker.io && sudo usermod -aG docker \"$USER\" && newgrp docker"
	default:
		return "none is installed", "Install it as https://docs.docker.com/engine/install/ tells"
	}
}

// denied reports whether an engine is there that does not let this user in.
func denied(output string) bool { return strings.Contains(output, "permission denied") }
