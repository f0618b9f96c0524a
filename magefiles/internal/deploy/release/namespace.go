package release

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"todo-app/magefiles/internal/poll"
	"todo-app/magefiles/internal/report"
)

const (
	// namespaceTime is how long a namespace that was deleted may take to go: its pods have 40 seconds to end.
	namespaceTime = 2 * time.Minute
	// finalizerTime is how long a finalizer may stay that its owner is about to take away.
	finalizerTime = 5 * time.Second
)

// namespace has the fields that tell why a namespace does not go.
type namespace struct {
	Metadata struct{ Finalizers []string }
	Status   struct {
		Phase      string
		Conditions []struct{ Type, Status, Message string }
	}
}

// condition is the message of a condition that holds; "" where it does not.
func (n namespace) condition(kind string) string {
	for _, c := range n.Status.Conditions {
		if c.Type == kind && c.Status == "True" {
			return c.Message
		}
	}
	return ""
}

// waitForDeletion waits until a namespace that somebody has deleted is gone, and tells what keeps it, where that is not
// Kubernetes itself.
func (r Release) waitForDeletion(ctx context.Context) error {
	var held time.Time // since when something else keeps it
	name := r.Kubectl.Namespace
	doing := fmt.Sprintf("waiting for the namespace %s, which somebody has deleted, to be gone", name)
	return poll.Until(ctx, time.Second, namespaceTime, func() error {
		report.Progress(ctx, "%s", doing)
		out, err := r.Kubectl.Output(ctx, "get", "namespace", name, "--ignore-not-found", "-o", "json")
		if err != nil || out == "" {
			return err
		}
		var n namespace
		if err := json.Unmarshal([]byte(out), &n); err != nil {
			return poll.Permanent(fmt.Errorf("reading the namespace %s: %w", name, err))
		}
		why, mend := r.keeper(ctx, n)
		if why == "" {
			held = time.Time{}
			return errors.New(doing + ": it is still there")
		}
		if held.IsZero() {
			held = time.Now()
		}
		err = fmt.Errorf("%s: %s\n  what to do: %s", doing, why, mend)
		if time.Since(held) >= finalizerTime {
			return poll.Permanent(err)
		}
		return err
	})
}

// keeper is what keeps a deleted namespace, in the cluster's words, and what mends that; "" where it is on its way.
func (r Release) keeper(ctx context.Context, n namespace) (why, mend string) {
	kubectl := fmt.Sprintf("kubectl --context %s -n %s", r.Kubectl.Context, r.Kubectl.Namespace)
	const lets = "the program that set the finalizer has to run again; if it is gone for good, this lets go, and what " +
		"the finalizer guards is not cleaned up: `%s patch %s --type merge --patch '{\"metadata\":{\"finalizers\":null}}'`"
	if why = n.condition("NamespaceDeletionDiscoveryFailure"); why != "" {
		return why, fmt.Sprintf("an API that the cluster lists does not answer: mend or remove the one that `%s get "+
			"apiservices` shows as not available", kubectl)
	}
	content := n.condition("NamespaceContentRemaining")
	if foreign(finalizers(n.condition("NamespaceFinalizersRemaining"))) {
		return content + " " + n.condition("NamespaceFinalizersRemaining"), fmt.Sprintf(lets, kubectl, r.held(ctx, content))
	}
	if content == "" && foreign(n.Metadata.Finalizers) {
		return "it has the finalizer " + strings.Join(n.Metadata.Finalizers, ", "),
			fmt.Sprintf(lets, kubectl, "namespace "+r.Kubectl.Namespace)
	}
	return "", ""
}

var (
	remainingFinalizer = regexp.MustCompile(`(\S+) in \d+ resource instances`)
	remainingResource  = regexp.MustCompile(`(\S+) has \d+ resource instances`)
)

func finalizers(message string) (names []string) {
	for _, match := range remainingFinalizer.FindAllStringSubmatch(message, -1) {
		names = append(names, match[1])
	}
	return names
}

// foreign reports whether one of the finalizers is not Kubernetes' own, which go by themselves.
func foreign(finalizers []string) bool {
	return slices.ContainsFunc(finalizers, func(name string) bool {
		own := name == "foregroundDeletion" || name == "orphan" || name == "kubernetes" ||
			strings.HasPrefix(name, "kubernetes.io/") || strings.HasPrefix(name, "batch.kubernetes.io/")
		return !own
	})
}

// held names the first object that a finalizer keeps, of the resources that the message content lists.
func (r Release) held(ctx context.Context, content string) string {
	for _, match := range remainingResource.FindAllStringSubmatch(content, -1) {
		resource := strings.TrimSuffix(match[1], ".")
		var list struct {
			Items []struct {
				Metadata struct {
					Name       string
					Finalizers []string
				}
			}
		}
		if r.Kubectl.Get(ctx, &list, resource) != nil {
			continue
		}
		for _, o := range list.Items {
			if foreign(o.Metadata.Finalizers) {
				return resource + " " + o.Metadata.Name
			}
		}
	}
	return "RESOURCE NAME"
}
