// Package kube calls kubectl for one kube context and namespace.
package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"sigs.k8s.io/yaml"
	"todo-app/magefiles/internal/poll"
	"todo-app/magefiles/internal/runner"
)

// Kubectl runs kubectl against one cluster, whatever the user's current context is.
type Kubectl struct {
	Runner    runner.Runner
	Context   string
	Namespace string
}

// requestTimeout bounds each request, so that an API server that is gone is told from one that is slow.
const requestTimeout = "20s"

// Command returns the kubectl call with args, without running it.
func (k Kubectl) Command(args ...string) runner.Command {
	return k.Unbounded(append([]string{"--request-timeout", requestTimeout}, args...)...)
}

// Unbounded is Command without the limit on each request, for calls that last, such as `logs --follow`.
func (k Kubectl) Unbounded(args ...string) runner.Command {
	return runner.Cmd("kubectl", append([]string{"--context", k.Context, "--namespace", k.Namespace}, args...)...)
}

// Output runs kubectl and returns what it prints.
func (k Kubectl) Output(ctx context.Context, args ...string) (string, error) {
	return k.Runner.Output(ctx, k.Command(args...))
}

// Get reads what `kubectl get ARGS -o json` prints into v.
func (k Kubectl) Get(ctx context.Context, v any, args ...string) error {
	return runner.JSON(ctx, k.Runner, k.Command(append([]string{"get", "-o", "json"}, args...)...), v)
}

// FieldManager is the name under which Apply's fields are kept.
const FieldManager = "todo-app"

// Apply makes the objects of manifest (YAML or JSON, given on kubectl's input, so that no secret is in its arguments)
// what they are described to be. It is server-side: a client-side apply would copy a Secret into an annotation.
func (k Kubectl) Apply(ctx context.Context, manifest io.Reader, args ...string) (string, error) {
	call := append(
		[]string{"apply", "--server-side", "--force-conflicts", "--field-manager", FieldManager, "-f", "-"},
		args...)
	return k.Runner.Output(ctx, k.Command(call...).WithStdin(manifest))
}

// CheckReady returns an error unless the API server says that it is ready.
func (k Kubectl) CheckReady(ctx context.Context) error { return k.ask(ctx, "/readyz") }

// CheckNode returns an error unless the API server answers, and has a node of that name.
func (k Kubectl) CheckNode(ctx context.Context, name string) error {
	return k.ask(ctx, "/api/v1/nodes/"+name)
}

func (k Kubectl) ask(ctx context.Context, path string) error {
	_, err := k.Runner.Output(ctx, runner.Cmd("kubectl", "--context", k.Context, "--request-timeout", "5s", "get",
		"--raw", path))
	return err
}

// WaitReady waits until the API server is ready, limit at most.
func (k Kubectl) WaitReady(ctx context.Context, limit time.Duration) error {
	return poll.Until(ctx, 500*time.Millisecond, limit, func() error { return k.CheckReady(ctx) })
}

// CurrentContext is the context that kubectl would use: the first one that any of the kubeconfig files chooses. It is
// read once and then named in every call, so that no switch during a run leads half of it to another cluster.
func CurrentContext(files []string) (string, error) {
	for _, file := range files {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var config struct {
			Current string `json:"current-context"`
		}
		if err == nil {
			err = yaml.Unmarshal(text, &config)
		}
		if err != nil {
			return "", fmt.Errorf("reading the kubeconfig %s: %w", file, err)
		}
		if config.Current != "" {
			return config.Current, nil
		}
	}
	return "", fmt.Errorf("reading the kubeconfig: none of %v chooses a context; choose one with "+
		"`kubectl config use-context NAME`", files)
}

// KeepCurrent runs write, which makes the context name the current one, and puts the user's choice back.
func KeepCurrent(ctx context.Context, r runner.Runner, name string, write func() error) error {
	config := func(args ...string) runner.Command {
		return runner.Cmd("kubectl", append([]string{"config"}, args...)...)
	}
	before, unset := r.Output(ctx, config("current-context"))
	if err := write(); err != nil || before == name {
		return err
	}
	back := config("use-context", before)
	if unset != nil || before == "" {
		back = config("unset", "current-context")
	}
	if err := r.Run(ctx, back); err != nil {
		return fmt.Errorf("choosing the kube context again that was the current one: %w", err)
	}
	return nil
}
