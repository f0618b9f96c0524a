package session

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"

	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/doctor"
	"todo-app/magefiles/internal/runner"
)

// Doctor examines what deploy needs, and what only the tests need.
func (s *Session) Doctor(ctx context.Context) error {
	return doctor.Examine(ctx, s.Report, []doctor.Check{
		{Name: "go", Find: func(context.Context) (string, error) { return runtime.Version(), nil }},
		{Name: "engine", Find: s.Engine.Check},
		{Name: "tools", Find: func(ctx context.Context) (string, error) {
			return s.Tools.Check(ctx, append(s.ClusterTools(), "helm", "kubectl")...)
		}},
		{Name: "memory", Find: s.memory},
		{Name: "cluster", Find: s.clusterCheck},
		{Name: "hosts", Find: s.hostsCheck, Optional: true},
		{Name: "node", Find: program("node", "the tests of the frontend", "install Node.js 20 or newer", "--version"), Optional: true},
		{Name: "python", Find: program("python3", "the tests of the backend", "install Python 3.11 or newer", "--version"), Optional: true},
	})
}

// clusterCheck tells whether a cluster is there, or could be made.
func (s *Session) clusterCheck(ctx context.Context) (string, error) {
	if !s.reachable(ctx) {
		return "looked at once the engine runs", nil
	}
	return s.Cluster.Check(ctx)
}

// memory compares what containers may use with what the deployment was measured to need.
func (s *Session) memory(ctx context.Context) (string, error) {
	has, known := cluster.Machine(ctx, s.Runner)
	switch {
	case !known:
		return "looked at once the engine runs", nil
	case s.Config.Cluster == config.Current:
		return has.String() + "; the cluster has its own", nil
	}
	return has.String(), cluster.Enough(has)
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
