package session

import (
	"context"
	"fmt"
	"strings"

	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/deploy/release"
	"todo-app/magefiles/internal/develop/smoke"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// BuildImages builds the app's images in the engine that the cluster gets them from.
func (s *Session) BuildImages(ctx context.Context) (string, error) {
	set, err := s.sources(ctx)
	if err != nil {
		return "", err
	}
	return s.Images.Build(ctx, set)
}

// LoadImages puts the app's images, and those that its pods need besides, into the cluster.
func (s *Session) LoadImages(ctx context.Context) (string, error) {
	set, err := s.sources(ctx)
	if err != nil {
		return "", err
	}
	loaded, err := s.Cluster.Load(ctx, append(set.Refs(), s.ClusterImages()...)...)
	if err != nil {
		return "", err
	}
	if len(loaded) == 0 {
		return "unchanged (" + set.String() + ")", nil
	}
	return "loaded " + strings.Join(loaded, ", "), nil
}

// Smoke runs both images without a cluster, in the machine's own engine.
func (s *Session) Smoke(ctx context.Context) (string, error) {
	if err := s.Supply.Provide(ctx, append(images.Bases(), release.PostgresImage)...); err != nil {
		return "", err
	}
	set, err := s.Host.Current(ctx)
	if err != nil {
		return "", err
	}
	if _, err := s.Host.Build(ctx, set); err != nil {
		return "", err
	}
	return smoke.Test{Runner: s.Runner, Images: set, Postgres: release.PostgresImage, Name: s.Config.Profile + "-run"}.Run(ctx)
}

// Farewell is what a user wants to know after a deploy.
func (s *Session) Farewell() string {
	open := s.reached.URL(s.Config.Host)
	if s.reached.Command != "" {
		open += " as long as this runs in another terminal:\n            " + s.reached.Command
	}
	return fmt.Sprintf("\n %s\n\n   open     %s\n   logs     mage logs\n   remove   mage down (the app), mage destroy (the cluster)\n",
		s.Report.Times(), open)
}

// Status prints how the cluster, the release, its pods and images are, without changing anything.
func (s *Session) Status(ctx context.Context) error {
	state, err := s.state(ctx)
	if err != nil {
		return err
	}
	rows := [][]string{{"cluster", s.Cluster.Name(), string(state)}}
	if state == cluster.Running {
		if rows, err = s.releaseRows(ctx, rows); err != nil {
			return err
		}
	}
	s.Report.Print(report.Table([]string{"what", "which", "how"}, rows))
	return nil
}

func (s *Session) releaseRows(ctx context.Context, rows [][]string) ([][]string, error) {
	status, err := s.Release.Status(ctx)
	if err != nil {
		return nil, err
	}
	if status.Revision == 0 {
		return append(rows, []string{"release", release.Name, "not installed: `mage deploy`"}), nil
	}
	rows = append(rows, []string{"release", release.Name, fmt.Sprintf("%s, revision %d", status.Info.Status, status.Revision)})
	workloads, err := s.Release.Workloads(ctx)
	if err != nil {
		return nil, err
	}
	set, err := s.sources(ctx)
	for _, w := range workloads {
		how := fmt.Sprintf("%d of %d ready, %s", w.Ready, w.Wanted, w.Image)
		for _, ref := range set.Refs() {
			if err == nil && strings.HasPrefix(w.Image, strings.TrimSuffix(ref, images.Tag(ref))) && w.Image != ref {
				how += ": sources have moved on to " + images.Tag(ref) + ", `mage deploy`"
			}
		}
		rows = append(rows, []string{"workload", w.Name, how})
	}
	found, err := s.look(ctx)
	if err != nil {
		return append(rows, []string{"url", s.Config.Host, "nothing answers: `mage deploy`"}), nil
	}
	return append(rows, []string{"url", found.URL(s.Config.Host), found.Address}), nil
}

// Logs follows the logs of all pods until the user interrupts it.
func (s *Session) Logs(ctx context.Context) error {
	state, err := s.state(ctx)
	if err != nil {
		return err
	}
	if state != cluster.Running {
		return fmt.Errorf("following the logs: the %s is %s; `mage deploy` starts it", s.Cluster.Name(), state)
	}
	follow := s.Cluster.Kubectl().Unbounded("logs", "--selector", release.Selector, "--all-containers", "--prefix",
		"--follow", "--tail", "50", "--max-log-requests", "20")
	err = s.Runner.Run(ctx, follow.WithOutput(s.Report.Writer()))
	if ctx.Err() != nil { // Ctrl-C is how it ends
		return nil
	}
	return err
}

// Down removes the release and the hosts line; the cluster, the database's volume and its password stay.
func (s *Session) Down(ctx context.Context) (string, error) {
	removed := "no release"
	if s.reachable(ctx) {
		state, err := s.Cluster.State(ctx)
		if err != nil {
			return "", err
		}
		if state == cluster.Running {
			if err := s.Release.Uninstall(ctx); err != nil {
				return "", err
			}
			removed = "removed the release; its data stays"
		}
	}
	line, err := s.Hosts.Remove(ctx, s.Config.Host)
	return removed + "; hosts: " + line, err
}

// Owned says why the cluster may not be removed, before anything of it is.
func (s *Session) Owned() error {
	if current, foreign := s.Cluster.(cluster.Current); foreign {
		return current.Owned()
	}
	return nil
}

// Destroy removes the cluster and the hosts line, and with engine also stops a Docker Engine that a deploy started.
func (s *Session) Destroy(ctx context.Context, engine bool) (string, error) {
	note := "no cluster"
	if s.reachable(ctx) {
		if err := s.Cluster.Delete(ctx); err != nil {
			return "", err
		}
		note = "removed the " + s.Cluster.Name()
	}
	line, err := s.Hosts.Remove(ctx, s.Config.Host)
	note += "; hosts: " + line
	if engine && err == nil {
		var stopped bool
		if stopped, err = s.Engine.Stop(ctx); stopped {
			note += "; stopped the engine"
		}
	}
	return note, err
}

// state is how the cluster is, or what to do where no engine can tell.
func (s *Session) state(ctx context.Context) (cluster.State, error) {
	if !s.reachable(ctx) {
		return "", fmt.Errorf("looking for the %s: no Docker Engine answers; `mage deploy` starts it, and `mage doctor` says what is wrong", s.Cluster.Name())
	}
	return s.Cluster.State(ctx)
}

// reachable tells whether the cluster can be asked: where it is a container, once the engine runs.
func (s *Session) reachable(ctx context.Context) bool {
	return s.Config.Cluster == config.Current || s.Runner.Run(ctx, runner.Cmd("docker", "version")) == nil
}
