// Package dockerd installs a Docker Engine from Debian's packages and starts it, where root may and none answers.
package dockerd

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"todo-app/magefiles/internal/lock"
	"todo-app/magefiles/internal/machine"
	"todo-app/magefiles/internal/offline/apt"
	"todo-app/magefiles/internal/poll"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/tree"
)

// Daemon is the engine of this machine.
type Daemon struct {
	Runner  runner.Runner
	Cache   string // folder of its log, its process id and its container runtime
	Machine machine.Machine

	pause time.Duration // between two questions whether it answers; 0 is half a second
}

// Plan says what Start would do; "" where it cannot start an engine: it takes root on a Linux that has one or apt.
func (d *Daemon) Plan() string {
	m := d.Machine
	switch {
	case m.GOOS != "linux" || !m.Root:
		return ""
	case m.Has("dockerd") && (m.Systemd() || m.Has("start-stop-daemon")):
		return "does not run; deploy starts it"
	case !m.Has("dockerd") && m.Has("apt-get") && m.Has("start-stop-daemon"):
		return "none; deploy installs it from the machine's packages"
	}
	return ""
}

// Start installs what is missing, starts the engine and waits until it answers. Of two runs one does it for both.
func (d *Daemon) Start(ctx context.Context, answers func(context.Context) error) error {
	waited := false
	unlock, err := lock.Wait(ctx, filepath.Join(d.Cache, "dockerd.lock"), func() {
		waited = true
		report.Info(ctx, "another run starts Docker Engine: waiting for it to end")
	})
	if err != nil {
		return err
	}
	defer unlock()
	if waited && answers(ctx) == nil {
		return nil
	}
	limited := d.Machine.Limited()
	if !d.Machine.Has("dockerd") || limited && !d.Machine.Has("jq") {
		report.Info(ctx, "installing Docker Engine from the machine's own packages: none answers, and root may")
		packages := []string{"docker.io", "containerd", "runc", "iptables"}
		if limited {
			packages = append(packages, "jq")
		}
		if err := apt.Install(ctx, d.Runner, packages...); err != nil {
			return err
		}
	}
	if d.Machine.Systemd() {
		report.Progress(ctx, "starting the docker unit")
		if err := d.Runner.Run(ctx, runner.Cmd("systemctl", "start", "docker")); err != nil {
			return fmt.Errorf("%w\n`journalctl -u docker -n 50` shows why", err)
		}
	} else if err := d.launch(ctx, limited); err != nil {
		return err
	}
	return d.wait(ctx, answers)
}

// launch starts dockerd where there is no init system: in a session of its own, so that it outlives this process and
// its terminal, with a log file and a process id by which Stop finds it again.
func (d *Daemon) launch(ctx context.Context, limited bool) error {
	programs := d.Machine.All("dockerd")
	if len(programs) == 0 {
		return errors.New("the packages were installed, yet dockerd is not on PATH")
	}
	if err := os.MkdirAll(d.Cache, 0o755); err != nil {
		return fmt.Errorf("making the folder of its log: %w", err)
	}
	args := []string{"--start", "--background", "--pidfile", d.pidFile(), "--output", d.log(), "--exec", programs[0],
		"--", "--pidfile", d.pidFile()}
	// A daemon.json that names a default runtime was written for this machine, and dockerd refuses to be told twice.
	if limited && !strings.Contains(d.Machine.Read("/etc/docker/daemon.json"), "default-runtime") {
		if err := d.writeLimitedRuntime(); err != nil {
			return err
		}
		report.Info(ctx, "containers get what root has here: it lacks CAP_SYS_RESOURCE")
		args = append(args, "--add-runtime", "limited="+d.limitedRuntime(), "--default-runtime", "limited")
	}
	_ = os.Remove(d.log()) // wait would take an earlier failure for one of this start
	if !d.alive() {
		_ = os.Remove(d.pidFile()) // left by a machine that was switched off: dockerd would refuse to start
		_ = os.Remove("/var/run/docker.pid")
	}
	return d.Runner.Run(ctx, runner.Cmd("start-stop-daemon", args...))
}

// wait waits until the engine answers, which takes a few seconds after its start.
func (d *Daemon) wait(ctx context.Context, answers func(context.Context) error) error {
	report.Progress(ctx, "waiting for Docker Engine to answer")
	err := poll.Until(ctx, cmp.Or(d.pause, 500*time.Millisecond), time.Minute, func() error {
		err := answers(ctx)
		if failure := d.failure(); err != nil && failure != "" {
			return poll.Permanent(errors.New(failure))
		}
		return err
	})
	if err == nil || ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("it does not come up: %w\nIts log is %s", err, d.log())
}

// alive reports whether the process that the pid file names is a dockerd.
func (d *Daemon) alive() bool {
	pid, err := os.ReadFile(d.pidFile())
	return err == nil && strings.TrimSpace(d.Machine.Read("/proc/"+strings.TrimSpace(string(pid))+"/comm")) == "dockerd"
}

// failure returns the last words of a dockerd that gave up, "" while it has not.
func (d *Daemon) failure() string {
	text, _ := os.ReadFile(d.log())
	if found := gaveUp.FindSubmatch(text); found != nil {
		return strings.Trim(string(found[1]), `"`)
	}
	return ""
}

var gaveUp = regexp.MustCompile(`failed to start daemon: (.*)`)

// Stop stops the engine that Start launched, and no other. It reports whether there was one.
func (d *Daemon) Stop(ctx context.Context) (stopped bool, err error) {
	programs := d.Machine.All("dockerd")
	if !d.alive() || len(programs) == 0 {
		return false, nil
	}
	err = d.Runner.Run(ctx, runner.Cmd("start-stop-daemon", "--stop", "--oknodo", "--retry", "TERM/60/KILL/5",
		"--pidfile", d.pidFile(), "--exec", programs[0]))
	if err != nil {
		return false, fmt.Errorf("stopping Docker Engine: %w", err)
	}
	_ = os.Remove(d.pidFile())
	return true, nil
}

func (d *Daemon) log() string     { return filepath.Join(d.Cache, "dockerd.log") }
func (d *Daemon) pidFile() string { return filepath.Join(d.Cache, "dockerd.pid") }

// LimitedRuntime is an OCI runtime for machines where even root lacks CAP_SYS_RESOURCE: a script that asks runc for no
// more than that. Where root has the capability it changes nothing.
//
//go:embed runc-limited
var LimitedRuntime []byte

// writeLimitedRuntime puts the runtime where dockerd finds it.
func (d *Daemon) writeLimitedRuntime() error {
	if err := tree.WriteFile(d.limitedRuntime(), LimitedRuntime, 0o755); err != nil { // an engine that runs never starts half of it
		return fmt.Errorf("writing the container runtime: %w", err)
	}
	return nil
}

// Mend writes the runtime anew where the engine that Start launched runs every container through a broken one.
func (d *Daemon) Mend(ctx context.Context) error {
	if text, err := os.ReadFile(d.limitedRuntime()); err != nil || bytes.Equal(text, LimitedRuntime) {
		return nil
	}
	report.Info(ctx, "the container runtime %s was broken or of another version: it is written anew", d.limitedRuntime())
	return d.writeLimitedRuntime()
}

func (d *Daemon) limitedRuntime() string { return filepath.Join(d.Cache, "runc-limited") }
