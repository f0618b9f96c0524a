package engine

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"todo-app/magefiles/internal/apt"
	"todo-app/magefiles/internal/lock"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// mayStart tells whether the engine may be started, or installed and started, by what is on the machine: root, on Linux,
// with nobody having said that the engine is elsewhere.
func (h *host) mayStart(failure string) bool {
	if h.goos != "linux" || !h.root || h.dockerHost != "" || denied(failure) {
		return false
	}
	if h.has("dockerd") {
		return h.systemd() || h.has("start-stop-daemon")
	}
	return h.has("apt-get") && h.has("start-stop-daemon")
}

// start installs what is missing, starts the engine and waits until it answers. Of two runs one does it for both.
func (e *Engine) start(ctx context.Context, h *host) error {
	waited := false
	unlock, err := lock.Wait(ctx, filepath.Join(e.Cache, "dockerd.lock"), func() {
		waited = true
		report.Info(ctx, "another run starts Docker Engine: waiting for it to end")
	})
	if err != nil {
		return err
	}
	defer unlock()
	if waited {
		if _, err := e.find(ctx); err == nil {
			return nil
		}
	}
	if !h.has("dockerd") || h.limited() && !h.has("jq") {
		if err := e.install(ctx, h); err != nil {
			return err
		}
	}
	if h.systemd() {
		report.Progress(ctx, "starting the docker unit")
		if err := e.Runner.Run(ctx, runner.Cmd("systemctl", "start", "docker")); err != nil {
			return fmt.Errorf("%w\n`journalctl -u docker -n 50` shows why", err)
		}
		return e.wait(ctx, h)
	}
	return e.launch(ctx, h)
}

// install installs Debian's engine.
func (e *Engine) install(ctx context.Context, h *host) error {
	report.Info(ctx, "installing Docker Engine from the machine's own packages: none answers, and root may")
	packages := []string{"docker.io", "containerd", "runc", "iptables"}
	if h.limited() {
		packages = append(packages, "jq")
	}
	return apt.Install(ctx, e.Runner, packages...)
}

// launch starts dockerd where no init system would: in a session of its own, so that it outlives this process and its
// terminal, with a log file and a process id by which Stop finds it again.
func (e *Engine) launch(ctx context.Context, h *host) error {
	daemons := h.all("dockerd")
	if len(daemons) == 0 {
		return errors.New("the packages were installed, yet dockerd is not on PATH")
	}
	args := []string{"--start", "--background", "--pidfile", e.pidFile(), "--output", e.log(), "--exec", daemons[0], "--", "--pidfile", e.pidFile()}
	// A daemon.json that names a default runtime has been written for this machine; the same flag would contradict it.
	if h.limited() && !strings.Contains(h.read("/etc/docker/daemon.json"), "default-runtime") {
		runtime, err := e.writeLimitedRuntime()
		if err != nil {
			return err
		}
		report.Info(ctx, "containers get what root has here: it lacks CAP_SYS_RESOURCE")
		args = append(args, "--add-runtime", "limited="+runtime, "--default-runtime", "limited")
	}
	if err := os.MkdirAll(e.Cache, 0o755); err != nil {
		return fmt.Errorf("making the folder of its log: %w", err)
	}
	_ = os.Remove(e.log()) // what an earlier one said would be taken for this one's failure
	if !e.alive(h) {
		_ = os.Remove(e.pidFile()) // left behind by a machine that was switched off; dockerd would refuse to start
		_ = os.Remove("/var/run/docker.pid")
	}
	if err := e.Runner.Run(ctx, runner.Cmd("start-stop-daemon", args...)); err != nil {
		return err
	}
	return e.wait(ctx, h)
}

// alive tells whether the process that the pid file names is a dockerd.
func (e *Engine) alive(h *host) bool {
	pid, err := os.ReadFile(e.pidFile())
	return err == nil && strings.TrimSpace(h.read("/proc/"+strings.TrimSpace(string(pid))+"/comm")) == "dockerd"
}

// fatal is the last words of a dockerd that gave up; "" while it has not.
func (e *Engine) fatal() string {
	f, err := os.Open(e.log())
	if err != nil {
		return ""
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if _, reason, ok := strings.Cut(lines.Text(), "failed to start daemon: "); ok {
			return strings.Trim(reason, `"`)
		}
	}
	return ""
}

// Stop ends the engine that Ensure started, and no other; stopped tells whether there was one.
func (e *Engine) Stop(ctx context.Context) (stopped bool, err error) {
	h := e.machine()
	daemons := h.all("dockerd")
	if !e.alive(h) || len(daemons) == 0 {
		return false, nil
	}
	err = e.Runner.Run(ctx, runner.Cmd("start-stop-daemon", "--stop", "--oknodo", "--retry", "TERM/60/KILL/5",
		"--pidfile", e.pidFile(), "--exec", daemons[0]))
	if err != nil {
		return false, fmt.Errorf("stopping Docker Engine: %w", err)
	}
	_ = os.Remove(e.pidFile())
	return true, nil
}
