// Package logs shows what the app's pods print, also of the pods that come while it follows them.
package logs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/runner"
)

// Logs are those of the app's pods in one namespace.
type Logs struct {
	Kubectl kube.Kubectl
	Write   func(part string) io.Writer // where the lines of a part go, such as the backend's
	Only    []string                    // the parts to show; none is all of them
	Since   time.Duration               // how old the first lines may be; 0 shows the last lines
}

// lastLines is how many lines are shown of a container that ran before.
const lastLines = "50"

// parts are what there are logs of.
var parts = []string{chart.Backend, chart.Frontend, chart.Postgres}

// Parts reads a list of parts, divided by commas; "" is none.
func Parts(list string) ([]string, error) {
	if list == "" {
		return nil, nil
	}
	chosen := strings.Split(list, ",")
	for _, part := range chosen {
		if !slices.Contains(parts, part) {
			all := strings.Join(parts, ", ")
			return nil, fmt.Errorf("choosing the logs to show: there is no part %q; -only takes %s, divided by commas",
				part, all)
		}
	}
	return chosen, nil
}

// pod has the fields that tell which containers of a pod have logs.
type pod struct {
	Metadata struct {
		Name   string
		Labels map[string]string
	}
	Status struct{ InitContainerStatuses, ContainerStatuses []container }
}

type container struct {
	Name         string
	ContainerID  string // "" until it was made
	RestartCount int
	State        struct{ Running struct{ StartedAt time.Time } }
}

func (p pod) part() string { return p.Metadata.Labels["app.kubernetes.io/component"] }

func (p pod) containers() []container {
	return append(slices.Clone(p.Status.InitContainerStatuses), p.Status.ContainerStatuses...)
}

func (l Logs) selector() string {
	if len(l.Only) == 0 {
		return chart.Selector
	}
	return chart.Selector + ",app.kubernetes.io/component in (" + strings.Join(l.Only, ",") + ")"
}

// Follow shows the logs as they come, until ctx ends or kubectl cannot say which pods there are.
func (l Logs) Follow(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var followers sync.WaitGroup
	defer followers.Wait()
	defer cancel()
	began, known := time.Now(), map[string]bool{}
	for ctx.Err() == nil { // the API server ends a watch after its time
		err := l.watch(ctx, func(p pod) {
			for _, c := range p.containers() {
				if c.ContainerID == "" || known[c.ContainerID] {
					continue
				}
				known[c.ContainerID] = true
				window := l.window()
				if c.State.Running.StartedAt.After(began) {
					window = nil
				}
				followers.Go(func() { l.show(ctx, p, c, append(window, "--follow")) })
			}
		})
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("looking for the pods to follow: %w", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	return nil
}

// watch calls each with every pod that there is, and again with one that changes.
func (l Logs) watch(ctx context.Context, each func(pod)) error {
	read, write := io.Pipe()
	decoded := make(chan error, 1)
	go func() {
		decoder := json.NewDecoder(read)
		for {
			var p pod
			if err := decoder.Decode(&p); err != nil {
				_, _ = io.Copy(io.Discard, read) // kubectl must not wait for a reader
				decoded <- err
				return
			}
			each(p)
		}
	}()
	call := l.Kubectl.Unbounded("get", "pods", "--selector", l.selector(), "--watch", "-o", "json")
	err := l.Kubectl.Runner.Run(ctx, call.WithStdout(write))
	_ = write.Close()
	if broken := <-decoded; err == nil && !errors.Is(broken, io.EOF) && !errors.Is(broken, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("reading what `%s` prints: %w", call, broken)
	}
	return err
}

// window are the options that choose the first lines of a container that runs already.
func (l Logs) window() []string {
	if l.Since > 0 {
		return []string{"--since", l.Since.String()}
	}
	return []string{"--tail", lastLines}
}

// show prints a container's log. That one has none to show is a line of it.
func (l Logs) show(ctx context.Context, p pod, c container, options []string) {
	out := l.Write(p.part())
	call := l.Kubectl.Unbounded(append([]string{"logs", p.Metadata.Name, "--container", c.Name}, options...)...)
	err := l.Kubectl.Runner.Run(ctx, call.WithStdout(out))
	if err != nil && ctx.Err() == nil {
		lines := strings.Split(strings.TrimSpace(runner.Output(err)), "\n")
		_, _ = fmt.Fprintf(out, "no more of the log of %s/%s: %s\n", p.Metadata.Name, c.Name, lines[len(lines)-1])
	}
}

// Previous shows what the containers printed that were started again, before they were, and reports whether there are
// such containers.
func (l Logs) Previous(ctx context.Context) (found bool, err error) {
	var pods struct{ Items []pod }
	if err := l.Kubectl.Get(ctx, &pods, "pods", "--selector", l.selector()); err != nil {
		return false, fmt.Errorf("looking for pods that were started again: %w", err)
	}
	for _, p := range pods.Items {
		for _, c := range p.containers() {
			if c.RestartCount > 0 && ctx.Err() == nil {
				found = true
				l.show(ctx, p, c, append(l.window(), "--previous"))
			}
		}
	}
	return found, nil
}
