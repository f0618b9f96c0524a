// Package smoke runs both images under plain docker, without a cluster: production variables, a real Postgres beside
// them, and as little privilege as the chart's pods have.
package smoke

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/deploy/verify"
	"todo-app/magefiles/internal/develop/local"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Test is one run of both images.
type Test struct {
	Runner   runner.Runner
	Images   images.Set
	Postgres string // the database's image
	Name     string // prefix of the containers' and the network's names, which is the tested deployment's own
}

// confined is what every container of the app gets.
var confined = []string{"--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"}

// Run starts the containers, makes a visitor's journey through them, and removes them again, also when it fails or is
// interrupted.
func (t Test) Run(ctx context.Context) (note string, err error) {
	t.remove(ctx) // what a run left that was killed
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
	proof, err := verify.Journey{URL: "http://" + gate.Addr, Address: gate.Addr, BackendVersion: images.Tag(t.Images.Backend),
		FrontendVersion: images.Tag(t.Images.Frontend)}.Run(ctx)
	if err != nil {
		return "", err
	}
	return proof + "; containers removed", nil
}

func (t Test) start(ctx context.Context) error {
	password := rand.Text()
	database := (&url.URL{Scheme: "postgresql", User: url.UserPassword("todo", password), Host: "postgres:5432", Path: "/todo"}).String()
	if err := t.Runner.Run(ctx, runner.Cmd("docker", "network", "create", t.Name)); err != nil {
		return fmt.Errorf("creating the network %s: %w", t.Name, err)
	}
	report.Progress(ctx, "starting Postgres")
	if err := t.container(ctx, "postgres", t.Postgres, []string{"POSTGRES_USER=todo", "POSTGRES_DB=todo", "POSTGRES_PASSWORD=" + password}, nil); err != nil {
		return err
	}
	report.Progress(ctx, "migrating the database")
	backendEnv := []string{"DATABASE_URL=" + database, "APP_VERSION=" + images.Tag(t.Images.Backend)}
	migrate := append(append([]string{"--rm", "--name", t.Name + "-migrate"}, confined...), envNames(backendEnv)...)
	if err := t.Runner.Run(ctx, t.docker("run", append(migrate, t.Images.Backend, "python", "-m", "app.migrate")...).WithEnv(backendEnv...)); err != nil {
		return fmt.Errorf("migrating the database with %s: %w", t.Images.Backend, err)
	}
	report.Progress(ctx, "starting both images")
	publish := func(port string) []string { return append([]string{"--publish", "127.0.0.1::" + port}, confined...) }
	if err := t.container(ctx, "backend", t.Images.Backend, backendEnv, publish("8000")); err != nil {
		return err
	}
	frontendEnv := []string{"BACKEND_URL=http://backend:8000", "APP_VERSION=" + images.Tag(t.Images.Frontend)}
	return t.container(ctx, "frontend", t.Images.Frontend, frontendEnv, append(publish("3000"), "--tmpfs", "/app/.next/cache:mode=1777"))
}

// container starts image as the host name on the test's network. Values of env stay out of docker's arguments.
func (t Test) container(ctx context.Context, name, image string, env, options []string) error {
	args := append([]string{"--detach", "--name", t.Name + "-" + name, "--network-alias", name}, options...)
	args = append(append(args, envNames(env)...), image)
	if err := t.Runner.Run(ctx, t.docker("run", args...).WithEnv(env...)); err != nil {
		return fmt.Errorf("starting the container of %s: %w", image, err)
	}
	return nil
}

func (t Test) docker(verb string, args ...string) runner.Command {
	return runner.Cmd("docker", append([]string{verb, "--network", t.Name}, args...)...)
}

// envNames are docker options that pass variables by name; docker reads the values from its own environment.
func envNames(env []string) []string {
	var options []string
	for _, kv := range env {
		name, _, _ := strings.Cut(kv, "=")
		options = append(options, "--env", name)
	}
	return options
}

func (t Test) remove(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for _, name := range []string{"frontend", "backend", "migrate", "postgres"} {
		_ = t.Runner.Run(ctx, runner.Cmd("docker", "rm", "--force", "--volumes", t.Name+"-"+name))
	}
	_ = t.Runner.Run(ctx, runner.Cmd("docker", "network", "rm", t.Name))
}

// gateway leads to both through the ports of this machine that they are published at.
func (t Test) gateway(ctx context.Context) (*http.Server, error) {
	var urls [2]string
	for i, at := range [][2]string{{"backend", "8000"}, {"frontend", "3000"}} {
		published, err := t.Runner.Output(ctx, runner.Cmd("docker", "port", t.Name+"-"+at[0], at[1]+"/tcp"))
		if err != nil {
			return nil, fmt.Errorf("reading where the %s is published (did it end at once?): %w", at[0], err)
		}
		address, _, _ := strings.Cut(published, "\n")
		urls[i] = "http://" + address
	}
	handler, err := local.Gateway(urls[0], urls[1])
	if err != nil {
		return nil, fmt.Errorf("reading where both images are published: %w", err)
	}
	return local.Serve(handler)
}

// lastLines are the containers' last words, for an error that they are the cause of.
func (t Test) lastLines(ctx context.Context) error {
	var errs []error
	for _, name := range []string{"backend", "frontend"} {
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
