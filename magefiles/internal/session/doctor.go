package session

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"

	"todo-app/magefiles/internal/doctor"
	"todo-app/magefiles/internal/runner"
)

// Doctor examines what deploy needs, and what only the tests need.
func (s *Session) Doctor(ctx context.Context) error {
	return doctor.Examine(ctx, s.Report, []doctor.Check{
		{Name: "go", Find: func(context.Context) (string, error) { return runtime.Version(), nil }},
		{Name: "engine", Find: s.Engine.Check},
		{Name: "tools", Find: func(ctx context.Context) (string, error) { return s.Tools.Check(ctx, "helm", "kubectl") }},
		{Name: "memory", Find: s.memory},
		{Name: "cluster", Find: s.clusterCheck},
		{Name: "hosts", Find: s.hostsCheck, Optional: true},
		{Name: "node", Find: program("node", "the tests of the frontend", "install Node.js 20 or newer", "--version"), Optional: true},
		{Name: "python", Find: program("python3", "the tests of the backend", "install Python 3.11 or newer", "--version"), Optional: true},
	})
}

// clusterCheck tells whether a cluster is there, or could be made.
func (s *Session) clusterCheck(ctx context.Context) (string, error) {
	if !s.engineAnswers(ctx) {
		return "looked at once the engine runs", nil
	}
	return s.Cluster.Check(ctx)
}

// memory compares what containers may use with what the deployment was measured to need.
func (s *Session) memory(ctx context.Context) (string, error) {
	const needed = 3 << 30
	out, err := s.Runner.Output(ctx, runner.Cmd("docker", "info", "--format", "{{.MemTotal}} {{.NCPU}}"))
	var bytes, cpus int64
	if _, scan := fmt.Sscan(out, &bytes, &cpus); err != nil || scan != nil {
		return "looked at once the engine runs", nil
	}
	has := fmt.Sprintf("%.1f GiB and %d CPUs", float64(bytes)/(1<<30), cpus)
	if bytes < needed || cpus < 2 {
		return "", fmt.Errorf("containers may use %s; the cluster needs 3 GiB and 2 CPUs: give the engine more (Docker Desktop: Settings, Resources)", has)
	}
	return has, nil
}

// program is a check for a program on PATH that only part of the project needs.
func program(name, what, mend string, args ...string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		if _, err := exec.LookPath(name); err != nil {
			return "", fmt.Errorf("%s is not on PATH; %s need it: %s", name, what, mend)
		}
		out, err := runner.Exec{}.Output(ctx, runner.Cmd(name, args...))
		return strings.TrimSpace(out), err
	}
}
