package session

import (
	"context"
	"errors"
	"fmt"
	"os"

	"todo-app/magefiles/internal/develop/appbench"
	"todo-app/magefiles/internal/develop/bench"
)

// BenchApp measures the app itself, on this machine.
func (s *Session) BenchApp(ctx context.Context) (string, error) {
	return "", appbench.Bench{Toolchain: s.toolchain(), Runner: s.Runner, Report: s.Report, Images: s.Host}.Run(ctx)
}

// EnsureVegeta makes the program available that puts load on a server.
func (s *Session) EnsureVegeta(ctx context.Context) (string, error) {
	return s.Programs.Ensure(ctx, "vegeta")
}

// BenchDeploy times deployments against the same steps done by hand, on a cluster of its own.
func (s *Session) BenchDeploy(ctx context.Context) (string, error) {
	if s.Cluster.Shared() != nil {
		return "", errors.New("benchmarking: it takes a cluster of its own; set TODO_CLUSTER to kind or minikube")
	}
	program, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding the program of the targets: %w", err)
	}
	return "", bench.Bench{
		Runner: s.Runner, Report: s.Report, Root: s.Config.Root, Mage: program, Cluster: s.Config.Cluster, Profile: s.Config.Profile + "-bench",
	}.Run(ctx)
}
