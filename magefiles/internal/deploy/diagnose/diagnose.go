// Package diagnose watches the pods of a release, and what makes them. It tells, as soon as it can be known, that one of
// them will not start by itself: what is wrong, what the pod said last, and what to do.
package diagnose

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/report"
)

// Pods watches the pods that Selector chooses, and the objects that should make them and their volumes.
type Pods struct {
	Kubectl  kube.Kubectl
	Selector string // a label selector, such as app.kubernetes.io/instance=todo-app
}

const (
	// interval is the time between two looks at the pods.
	interval = 1500 * time.Millisecond
	// leftoverGrace is how long pods that were there before may stay broken: a rollout may be mending them.
	leftoverGrace = 30 * time.Second
	// schedulingGrace is how long a pod may wait for its volume before it counts as unschedulable.
	schedulingGrace = 20 * time.Second
	// logLines is how many of a container's last lines are shown.
	logLines = 12
)

// Watch looks at the pods until ctx ends, and returns a *Problem for the first one that is beyond waiting, or for what
// should make one and is refused. Where every pod stays well it returns nil.
func (p Pods) Watch(ctx context.Context) error {
	var leftovers map[string]bool
	refused := map[string]time.Time{} // since when, by the UID of what is refused
	start := time.Now()
	for {
		pods, lacking, err := p.look(ctx)
		if err == nil { // an API server that does not answer for once is no reason to give up
			found := problems(pods, lacking, time.Now())
			if leftovers == nil {
				leftovers = keys(pods, found)
			}
			since := refused
			refused = map[string]time.Time{}
			for _, f := range found {
				if leftovers[f.key] && time.Since(start) < leftoverGrace {
					continue
				}
				first, seen := since[f.uid]
				if !seen {
					first = time.Now()
				}
				if refused[f.uid] = first; time.Since(first) >= f.grace {
					p.gather(ctx, f.problem)
					return f.problem
				}
			}
			report.Progress(ctx, "%s", summary(pods))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(interval):
		}
	}
}

// During runs fn with the pods watched beside it: the first of the two that fails ends the other. Where a pod is to
// blame the error is a *Problem.
func (p Pods) During(ctx context.Context, fn func(context.Context) error) error {
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watched := make(chan error, 1)
	go func() {
		problem := p.Watch(inner)
		if problem != nil {
			cancel(problem)
		}
		watched <- problem
	}()
	err := fn(inner)
	cancel(nil)
	if err != nil && ctx.Err() == nil {
		report.Keep(ctx, func() string { return p.evidence(ctx) })
	}
	if problem := <-watched; problem != nil && err != nil {
		return problem
	}
	return err
}

// Unready explains why the pods are not ready after the time that they were given: the first that is not is reported in
// full, or what should make it. It returns nil when all of them are ready.
func (p Pods) Unready(ctx context.Context) error {
	pods, lacking, err := p.look(ctx)
	if err != nil {
		return fmt.Errorf("looking at the pods: %w", err)
	}
	for _, f := range problems(pods, lacking, time.Now()) {
		p.gather(ctx, f.problem)
		return f.problem
	}
	for _, pod := range pods {
		if !pod.ready() {
			problem := &Problem{Pod: pod.Metadata.Name, Container: pod.unreadyContainer(), Reason: "NotReady",
				Message: "its readiness probe does not succeed"}
			p.gather(ctx, problem)
			return problem
		}
	}
	return nil
}

// gather adds to problem the events' warnings about its pod, and its container's last lines.
func (p Pods) gather(ctx context.Context, problem *Problem) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	problem.Mend = Mend(ctx, p.Kubectl, problem.Reason+": "+problem.Message)
	if problem.Pod == "" { // the one event that tells is the message
		return
	}
	events, err := p.Kubectl.Output(ctx, "get", "events", "--field-selector",
		"involvedObject.name="+problem.Pod+",type=Warning",
		"--sort-by", ".lastTimestamp", "-o", `jsonpath={range .items[*]}{.reason}{": "}{.message}{"\n"}{end}`)
	if err == nil {
		problem.Events = lastLines(events, 3)
	}
	if problem.Container == "" || len(problem.Logs) > 0 {
		return
	}
	for _, which := range []string{"--previous=true", "--previous=false"} { // the run that failed, else the one there is
		logs, err := p.Kubectl.Output(ctx, "logs", problem.Pod, "--container", problem.Container, "--tail",
			strconv.Itoa(logLines), which)
		gone := strings.HasPrefix(logs, "unable to retrieve container logs") // kubectl prints it and exits 0
		if err == nil && !gone && strings.TrimSpace(logs) != "" {
			problem.Logs = lastLines(logs, logLines)
			return
		}
	}
}

// evidence is what the cluster says of the pods, for the report of a failure, which may remove them.
func (p Pods) evidence(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	var b strings.Builder
	for _, call := range [][]string{
		{"get", watched, "--selector", p.Selector, "-o", "wide"},
		{"get", "events", "--sort-by", ".lastTimestamp"},
		{"logs", "--selector", p.Selector, "--all-containers", "--prefix", "--ignore-errors", "--tail", "20",
			"--max-log-requests", "20"},
	} {
		out, err := p.Kubectl.Output(ctx, call...)
		if err != nil {
			out += err.Error()
		}
		fmt.Fprintf(&b, "$ kubectl %s\n%s\n\n", strings.Join(call, " "), out)
	}
	return b.String()
}

func lastLines(text string, n int) []string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if lines[0] == "" {
		return nil
	}
	return lines[max(0, len(lines)-n):]
}

// summary says how far the pods are: `2 of 3 pods ready, todo-app-backend-… starting`.
func summary(pods []object) string {
	ready, waiting := 0, ""
	for _, pod := range pods {
		if pod.ready() {
			ready++
		} else if waiting == "" {
			waiting = ", waiting for " + pod.Metadata.Name
		}
	}
	return fmt.Sprintf("%d of %d pods ready%s", ready, len(pods), waiting)
}
