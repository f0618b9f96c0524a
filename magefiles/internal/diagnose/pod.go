package diagnose

import (
	"fmt"
	"time"
)

// pod has the fields of a Kubernetes Pod that tell whether it will start.
type pod struct {
	Metadata struct {
		Name              string
		UID               string // tells a StatefulSet's new pod from the old one of the same name
		CreationTimestamp time.Time
		DeletionTimestamp *time.Time
	}
	Status struct {
		Phase                 string
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
	RestartCount int
	State        containerState
	LastState    containerState
}

type containerState struct {
	Waiting    *struct{ Reason, Message string }
	Terminated *struct {
		Reason   string
		ExitCode int
	}
}

func (p pod) condition(kind string) condition {
	for _, c := range p.Status.Conditions {
		if c.Type == kind {
			return c
		}
	}
	return condition{}
}

func (p pod) ready() bool {
	return p.Metadata.DeletionTimestamp == nil && (p.condition("Ready").Status == "True" || p.Status.Phase == "Succeeded")
}

func (p pod) unreadyContainer() string {
	for _, c := range append(p.Status.InitContainerStatuses, p.Status.ContainerStatuses...) {
		if !c.Ready && c.State.Terminated == nil {
			return c.Name
		}
	}
	return ""
}

// problem is what keeps the pod from ever starting, or nil while it may still start.
func (p pod) problem(now time.Time) *Problem {
	if p.Metadata.DeletionTimestamp != nil {
		return nil
	}
	scheduled := p.condition("PodScheduled")
	if scheduled.Reason == "Unschedulable" && now.Sub(p.Metadata.CreationTimestamp) > schedulingGrace {
		return &Problem{Pod: p.Metadata.Name, Reason: "Unschedulable", Message: scheduled.Message}
	}
	for _, c := range p.Status.InitContainerStatuses {
		if c.gaveUp() {
			return &Problem{Pod: p.Metadata.Name, Container: c.Name, Image: c.Image, Reason: "CrashLoopBackOff", Message: c.explain("CrashLoopBackOff", "")}
		}
	}
	for _, c := range append(p.Status.InitContainerStatuses, p.Status.ContainerStatuses...) {
		if w := c.State.Waiting; w != nil && hints[w.Reason] != "" {
			return &Problem{Pod: p.Metadata.Name, Container: c.Name, Image: c.Image, Reason: w.Reason, Message: c.explain(w.Reason, w.Message)}
		}
	}
	return nil
}

// gaveUp tells whether an init container has ended by itself with an error: it has waited for what it needs as long as it
// cares to, so its second run need not be waited for. Codes from 128 on are signals, such as those of a node that stops.
func (c containerStatus) gaveUp() bool {
	t := c.LastState.Terminated
	return !c.Ready && t != nil && t.ExitCode > 0 && t.ExitCode < 128
}

// explain prefers the way a program ended to kubelet's "back-off 10s restarting failed container".
func (c containerStatus) explain(reason, message string) string {
	if t := c.LastState.Terminated; t != nil && reason == "CrashLoopBackOff" {
		return fmt.Sprintf("its program ended with exit code %d (%s), %d restarts", t.ExitCode, t.Reason, c.RestartCount)
	}
	return message
}
