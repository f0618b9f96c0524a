package diagnose

import (
	"fmt"
	"strings"
	"time"
)

// object has the fields of a Pod that tell whether it will start, and those of a ReplicaSet, StatefulSet or
// PersistentVolumeClaim that tell whether it has what it asks for.
type object struct {
	Kind     string
	Metadata struct {
		Name              string
		UID               string // tells a StatefulSet's new pod from the old one of the same name
		CreationTimestamp time.Time
		DeletionTimestamp *time.Time
	}
	Spec   struct{ Replicas int }
	Status struct {
		Phase                 string
		Replicas              int
		Conditions            []condition
		InitContainerStatuses []containerStatus
		ContainerStatuses     []containerStatus
	}
}

type condition struct{ Type, Status, Reason, Message string }

type containerStatus struct {
	Name         string
	Image        string
	Ready        bool
	Started      bool // its startup probe has succeeded since it was started last
	RestartCount int
	State        containerState
	LastState    containerState
}

type containerState struct {
	Waiting    *struct{ Reason, Message string }
	Terminated *termination
}

// termination is how a program ended. Message is what it printed last, where the pod says that its log stands for it.
type termination struct {
	Reason   string
	ExitCode int
	Message  string
}

func (p object) condition(kind string) condition {
	for _, c := range p.Status.Conditions {
		if c.Type == kind {
			return c
		}
	}
	return condition{}
}

func (p object) ready() bool {
	return p.Metadata.DeletionTimestamp == nil && (p.condition("Ready").Status == "True" || p.Status.Phase == "Succeeded")
}

func (p object) unreadyContainer() string {
	for _, c := range append(p.Status.InitContainerStatuses, p.Status.ContainerStatuses...) {
		if !c.Ready && c.State.Terminated == nil {
			return c.Name
		}
	}
	return ""
}

// problem is what keeps the pod from ever starting, or nil while it may still start.
func (p object) problem(now time.Time) *Problem {
	if p.Metadata.DeletionTimestamp != nil {
		return nil
	}
	scheduled := p.condition("PodScheduled")
	if scheduled.Reason == "Unschedulable" && now.Sub(p.Metadata.CreationTimestamp) > schedulingGrace {
		return &Problem{Pod: p.Metadata.Name, Reason: "Unschedulable", Message: scheduled.Message}
	}
	for _, c := range append(p.Status.InitContainerStatuses, p.Status.ContainerStatuses...) {
		if t := c.ended(); p.Status.Phase == "Failed" && t != nil && t.ExitCode != 0 { // a pod that is not started again
			return p.report(c, "Failed", "")
		}
		if c.gaveUp() {
			return p.report(c, "CrashLoopBackOff", "")
		}
		if w := c.State.Waiting; w != nil && hints[w.Reason] != "" && !strings.Contains(w.Message, notSynced) {
			return p.report(c, w.Reason, w.Message)
		}
	}
	return nil
}

// notSynced is what a kubelet says that has not read a Secret or ConfigMap yet, on a node that is busy. It tries again:
// https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/kubelet/util/manager/watch_based_manager.go
const notSynced = "cache: timed out waiting for the condition"

// report is the problem of a container. The pod keeps its program's last words; the log may be gone when it is asked
// for.
func (p object) report(c containerStatus, reason, message string) *Problem {
	problem := &Problem{Pod: p.Metadata.Name, Container: c.Name, Image: c.Image, Reason: reason, Message: message}
	// What it ended with says more than "back-off 10s restarting failed container".
	if t := c.ended(); t != nil && (reason == "CrashLoopBackOff" || reason == "Failed") {
		problem.Message = fmt.Sprintf("its program ended with exit code %d (%s), %d restarts", t.ExitCode, t.Reason, c.RestartCount)
		problem.Logs = lastLines(dropPartialLine(t.Message), logLines)
	}
	return problem
}

// messageLimit is how much of a log Kubernetes keeps, in bytes; what is longer begins in the middle of a line.
const messageLimit = 2048

// dropPartialLine is message without the part of a line that it begins with.
func dropPartialLine(message string) string {
	if _, rest, cut := strings.Cut(message, "\n"); cut && len(message) >= messageLimit {
		return rest
	}
	return message
}

// ended is how the container's program ended last, or nil.
func (c containerStatus) ended() *termination {
	if c.State.Terminated != nil {
		return c.State.Terminated
	}
	return c.LastState.Terminated
}

// gaveUp reports whether the container has ended by itself with an error before it had started: it has waited for what it
// needs as long as it cares to, so its second run need not be waited for. Codes from 128 on are signals, as of a node that
// stops.
func (c containerStatus) gaveUp() bool {
	t := c.ended()
	return !c.Ready && !c.Started && t != nil && t.ExitCode > 0 && t.ExitCode < 128
}
