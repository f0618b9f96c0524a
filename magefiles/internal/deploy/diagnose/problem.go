package diagnose

import (
	"cmp"
	"fmt"
	"strings"
)

// Problem is a pod that will not start by itself, or an object that should make one and is refused.
type Problem struct {
	Pod       string // "" where there is none
	Object    string // what is refused then: "StatefulSet todo-app-postgres"
	Container string // "" when the whole pod is concerned
	Image     string
	Reason    string // Kubernetes' own word for it: ImagePullBackOff, CrashLoopBackOff, …
	Message   string
	Events    []string // warnings about the pod, newest last
	Logs      []string // the container's last lines
	Mend      string   // what to do about it
}

// hints say what to do about a reason; the reasons named here are the ones that waiting does not mend.
var hints = map[string]string{
	"ImagePullBackOff":           "the image is not on the node and no registry serves it: run `mage images` to build and load it",
	"ErrImageNeverPull":          "the image is not on the node: run `mage images` to build and load it",
	"InvalidImageName":           "the image's name is malformed: look at the image values given to the chart",
	"CreateContainerConfigError": "a Secret, ConfigMap or key that the container needs is missing: run `mage install` to apply the Secret again",
	"CreateContainerError":       "the node could not create the container: the message above names the setting",
	"RunContainerError":          "the node could not start the program: the message above names the reason",
	"CrashLoopBackOff":           "the program starts and ends: " + lookAtLastLines,
	"Failed":                     lookAtLastLines,
	"Unschedulable": "the node has too little free memory or CPU, or a volume cannot be made: " +
		"stop other workloads, or give the engine more memory",
	"NotReady":      "its last lines above say what it waits for; `mage logs` follows them",
	"FailedCreate":  "the API server refuses the pod or its volume: the message above is its own",
	"FailedBinding": "the cluster makes no volumes by itself: add a StorageClass, or set DATABASE_URL, which needs none",
	"ProvisioningFailed": "the cluster could not make the volume: the message above is its own; " +
		"with DATABASE_URL set, none is needed",
}

// lookAtLastLines is the hint for a program that ended.
const lookAtLastLines = "its last lines above say why; a database error means that DATABASE_URL is wrong or that the " +
	"database cannot be reached from the cluster"

// Error is the whole report: the pod, why, its events and last lines, and what to do.
func (p *Problem) Error() string {
	var b strings.Builder
	if p.Pod != "" {
		fmt.Fprintf(&b, "pod %s is not starting", p.Pod)
	} else {
		fmt.Fprintf(&b, "%s does not get what it asks for", p.Object)
	}
	if p.Container != "" {
		fmt.Fprintf(&b, ", container %s", p.Container)
	}
	fmt.Fprintf(&b, ": %s", p.Reason)
	if p.Message != "" {
		fmt.Fprintf(&b, ": %s", p.Message)
	}
	section(&b, "events", p.Events)
	section(&b, "last log lines", p.Logs)
	if mend := cmp.Or(p.Mend, hints[p.Reason]); mend != "" {
		fmt.Fprintf(&b, "\n  what to do: %s", mend)
	}
	return b.String()
}

func section(b *strings.Builder, name string, lines []string) {
	if len(lines) > 0 {
		fmt.Fprintf(b, "\n  %s:\n    %s", name, strings.Join(lines, "\n    "))
	}
}
