// Package smoke runs both images under plain docker, without a cluster: production variables, a real Postgres beside
// them, and as little privilege as the chart's pods have.
package smoke

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/deploy/owned"
	"todo-app/magefiles/internal/deploy/verify"
	"todo-app/magefiles/internal/develop/local"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Test is one run of both images.
type Test struct {
	Runner runner.Runner
	Images images.Set
	Name   string // prefix of the containers' and the network's names, which is the tested deployment's own
}

// confined is what every container of the app gets.
var confined = []string{"--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"}

// Run starts the containers, makes a visitor's journey through them, and removes them again in any case.
func (t Test) Run(ctx context.Context) (note string, err error) {
	t.remove(ctx) // what a run left that was killed
	if err := t.checkNames(ctx); err != nil {
		return "", err
	}
	defer func() {
		if err != nil && ctx.Err() == nil {
			err = errors.Join(err, t.lastLines(ctx))
		}
		t.remove(context.WithoutCancel(ctx))
	}()
	if err := t.start(ctx); err != nil {
		return "", err
	}
	gate, err := t.gateway(ctx)
	if err != nil {
		return "", err
	}
	defer gate.Close()
	proof, err := verify.Journey{
		URL:             "http://" + gate.Addr,
		Address:         gate.Addr,
		BackendVersion:  images.Tag(t.Images.Backend),
		FrontendVersion: images.Tag(t.Images.Frontend),
	}.Run(
		ctx,
	)
	if err != nil {
		return "", err
	}
	return proof + "; containers removed", nil
}

func (t Test) start(ctx context.Context) error {
	password := rand.Text()
	database := fmt.Sprintf("postgresql://todo:%s@%s:%d/todo", password, chart.Postgres, chart.PostgresPort)
	if err := t.Runner.Run(ctx, runner.Cmd("docker", "network", "create", "--label", t.label(), t.Name)); err != nil {
		return fmt.Errorf("creating the network %s: %w", t.Name, err)
	}
	report.Progress(ctx, "starting Postgres")
	postgres := []string{"POSTGRES_USER=todo", "POSTGRES_DB=todo", "POSTGRES_PASSWORD=" + password}
	if err := t.container(ctx, chart.Postgres, chart.PostgresImage, postgres, nil); err != nil {
		return err
	}
	report.Progress(ctx, "starting both images")
	backend := []string{chart.DatabaseURL + "=" + database, "APP_VERSION=" + images.Tag(t.Images.Backend)}
	if err := t.container(ctx, chart.Backend, t.Images.Backend, backend, published(chart.BackendPort)); err != nil {
		return err
	}
	frontend := []string{
		fmt.Sprintf("BACKEND_URL=http://%s:%d", chart.Backend,
			chart.BackendPort), "APP_VERSION=" + images.Tag(t.Images.Frontend),
	}
	options := append(published(chart.FrontendPort), "--tmpfs", chart.FrontendCache+":mode=1777")
	return t.container(ctx, chart.Frontend, t.Images.Frontend, frontend, options)
}

// published are the options of a container that this machine reaches at port.
func published(port int) []string {
	return append([]string{"--publish", fmt.Sprintf("127.0.0.1::%d", port)}, confined...)
}

// container starts image as the host name on the test's network. docker reads env's values from its own environment, not
// its arguments.
func (t Test) container(ctx context.Context, name, image string, env, options []string) error {
	options = append([]string{"--detach", "--name", t.Name + "-" + name, "--network-alias", name}, options...)
	args := append([]string{"run", "--network", t.Name, "--label", t.label()}, options...)
	for _, kv := range env {
		name, _, _ := strings.Cut(kv, "=")
		args = append(args, "--env", name)
	}
	if err := t.Runner.Run(ctx, runner.Cmd("docker", append(args, image)...).WithEnv(env...)); err != nil {
		return fmt.Errorf("starting the container of %s: %w", image, err)
	}
	return nil
}

// runLabel is on all that a run makes, with the run's name.
const runLabel = "todo-app.run"

func (t Test) label() string { return runLabel + "=" + t.Name }

// checkNames refuses what bears a run's names and is none of it, which remove has taken away.
func (t Test) checkNames(ctx context.Context) (err error) {
	_, err = owned.Check(ctx, t.Runner, owned.Network, t.Name, runLabel, t.Name, "TODO_PROFILE")
	for _, name := range []string{chart.Frontend, chart.Backend, chart.Postgres} {
		_, foreign := owned.Check(ctx, t.Runner, owned.Container, t.Name+"-"+name, runLabel, t.Name, "TODO_PROFILE")
		err = errors.Join(err, foreign)
	}
	return err
}

// remove removes what a run has made, and nothing else.
func (t Test) remove(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for _, kind := range []struct{ list, remove []string }{
		{[]string{"ps", "--all"}, []string{"rm", "--force", "--volumes"}},
		{[]string{"network", "ls"}, []string{"network", "rm"}},
	} {
		ids, err := t.Runner.Output(
			ctx,
			runner.Cmd("docker", append(kind.list, "--quiet", "--filter", "label="+t.label())...),
		)
		if err == nil && ids != "" {
			_ = t.Runner.Run(ctx, runner.Cmd("docker", append(kind.remove, strings.Fields(ids)...)...))
		}
	}
}

// gateway leads to both through the ports of this machine that they are published at.
func (t Test) gateway(ctx context.Context) (*http.Server, error) {
	var urls [2]string
	for i, at := range []struct {
		name string
		port int
	}{{chart.Backend, chart.BackendPort}, {chart.Frontend, chart.FrontendPort}} {
		published, err := t.Runner.Output(
			ctx,
			runner.Cmd("docker", "port", t.Name+"-"+at.name, fmt.Sprintf("%d/tcp", at.port)),
		)
		if err != nil {
			return nil, fmt.Errorf("reading where the %s is published (did it end at once?): %w", at.name, err)
		}
		address, _, _ := strings.Cut(published, "\n")
		urls[i] = "http://" + address
	}
	handler, err := local.Gateway(urls[0], urls[1], io.Discard)
	if err != nil {
		return nil, fmt.Errorf("reading where both images are published: %w", err)
	}
	return local.Serve(handler)
}

// lastLines are the containers' last words, for an error that they are the cause of.
func (t Test) lastLines(ctx context.Context) error {
	var errs []error
	for _, name := range []string{chart.Backend, chart.Frontend} {
		var out, err strings.Builder // docker writes to each what the container wrote there
		logs := runner.Cmd("docker", "logs", "--tail", "8", t.Name+"-"+name).WithStdout(&out)
		logs.Stderr = &err
		if t.Runner.Run(ctx, logs) != nil {
			continue
		}
		if last := strings.TrimSpace(out.String() + err.String()); last != "" {
			errs = append(errs, fmt.Errorf("last lines of the %s:\n%s", name, last))
		}
	}
	return errors.Join(errs...)
}
