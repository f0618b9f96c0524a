package deploy

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Doctor examines what deploy needs, and what only the tests need.
func (d *Deployment) Doctor(ctx context.Context) error { return d.Examine(ctx, d.Report) }

// Examine is Doctor, told to r.
func (d *Deployment) Examine(ctx context.Context, r *report.Reporter) error {
	return examine(ctx, r, []check{
		{Name: "go", Find: func(context.Context) (string, error) { return runtime.Version(), nil }},
		{Name: "engine", Find: d.Engine.Check},
		{Name: "tools", Find: func(ctx context.Context) (string, error) {
			return d.Programs.Check(ctx, append(d.Cluster.Programs(), "helm", "kubectl")...)
		}},
		{Name: "memory", Find: d.Cluster.CheckMachine},
		{Name: "cluster", Find: d.clusterCheck},
		{Name: "hosts", Find: d.hostsCheck, Optional: true},
		{Name: "node", Optional: true, Find: d.program("node", "the tests of the frontend", "install Node.js 20 or newer")},
		{
			Name:     "python",
			Optional: true,
			Find:     d.program("python3", "the tests of the backend", "install Python 3.11 or newer"),
		},
	})
}

// clusterCheck reports whether a cluster is there, or could be made.
func (d *Deployment) clusterCheck(ctx context.Context) (string, error) {
	if !d.Cluster.Answers(ctx) {
		return "looked at once the engine runs", nil
	}
	note, err := d.Cluster.Check(ctx)
	if err != nil {
		return note, err
	}
	if state, err := d.Cluster.State(ctx); err != nil || state != cluster.Running ||
		d.Cluster.Kubectl().CheckReady(ctx) != nil {
		return note, err
	}
	return note, errors.Join(d.Release.Check(ctx), d.Ingress.Check(ctx)) // what is there of somebody else's
}

// hostsCheck says how the name is mapped, compared with the address that answers, or else would be tried first.
func (d *Deployment) hostsCheck(ctx context.Context) (string, error) {
	found, err := d.Address.Probe(ctx)
	if err != nil {
		candidates, err := d.Address.Candidates(ctx)
		if err != nil || len(candidates) == 0 {
			return "looked at once the cluster runs", nil
		}
		found = candidates[0]
	}
	return d.Hosts.Check(d.Config.Host, sides(found))
}

// program is a check for a program on PATH that only part of the project needs.
func (d *Deployment) program(name, what, mend string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		version, err := d.Runner.Output(ctx, runner.Cmd(name, "--version"))
		if errors.Is(err, exec.ErrNotFound) {
			err = fmt.Errorf("%s is not on PATH; %s need it: %s", name, what, mend)
		}
		return version, err
	}
}

// check looks at one prerequisite.
type check struct {
	Name string
	// Find says what there is, or returns an error that ends with how to mend it.
	Find func(context.Context) (string, error)
	// Optional is what deploy does without: its error is a warning.
	Optional bool
}

// examine makes every check, prints what each found, and returns an error when deploy would fail.
func examine(ctx context.Context, r *report.Reporter, checks []check) error {
	wrong := 0
	for _, c := range checks {
		err := r.Run(ctx, c.Name, func(ctx context.Context) (string, error) {
			note, err := c.Find(ctx)
			if err != nil && c.Optional {
				report.Warn(ctx, "%v", err)
				return "not needed for deploy", nil
			}
			if err != nil {
				report.Info(ctx, "%v", err)
			}
			return note, err
		})
		if err != nil {
			wrong++
		}
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case wrong == 1:
		return errors.New("examining this machine: deploy would fail for the reason above")
	case wrong > 1:
		return fmt.Errorf("examining this machine: deploy would fail for %d reasons, each named above", wrong)
	}
	return nil
}
