package release

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	chart "todo-app/deploy/helm"
)

// Workload is a Deployment or a StatefulSet of the release.
type Workload struct {
	Name    string `json:"name"`
	Image   string `json:"image"` // of its first container
	Ready   int    `json:"ready"` // pods that are ready
	Wanted  int    `json:"wanted"`
	Settled bool   `json:"settled"` // every wanted pod is ready and of the newest revision
}

// makers are what makes pods, among objects as kubectl prints them.
type makers struct {
	Items []struct {
		Metadata struct {
			Name       string
			Generation int
		}
		Spec struct {
			Replicas int
			Template struct {
				Spec struct{ Containers []struct{ Image string } }
			}
		}
		Status struct{ ReadyReplicas, UpdatedReplicas, ObservedGeneration int }
	}
}

func (l makers) workloads() (all []Workload) {
	for _, w := range l.Items {
		if len(w.Spec.Template.Spec.Containers) == 0 {
			continue
		}
		all = append(all, Workload{
			Name: w.Metadata.Name, Image: w.Spec.Template.Spec.Containers[0].Image, Ready: w.Status.ReadyReplicas, Wanted: w.Spec.Replicas,
			Settled: w.Status.ReadyReplicas >= w.Spec.Replicas && w.Status.UpdatedReplicas >= w.Spec.Replicas &&
				w.Status.ObservedGeneration >= w.Metadata.Generation,
		})
	}
	return all
}

// Workloads reads how the release's workloads are.
func (r Release) Workloads(ctx context.Context) ([]Workload, error) {
	var list makers
	if err := r.Kubectl.Get(ctx, &list, "deployments,statefulsets", "--selector", chart.Selector); err != nil {
		return nil, fmt.Errorf("looking at the release's workloads: %w", err)
	}
	return list.workloads(), nil
}

// allSettled reports whether there are workloads among the objects that kubectl has printed, and all are settled.
func allSettled(objects string) bool {
	var list makers
	if json.Unmarshal([]byte(objects), &list) != nil {
		return false
	}
	workloads := list.workloads()
	return len(workloads) > 0 && !slices.ContainsFunc(workloads, func(w Workload) bool { return !w.Settled })
}

// Pods returns the UIDs of the frontend's pods.
func (r Release) Pods(ctx context.Context) ([]string, error) {
	out, err := r.Kubectl.Output(ctx, "get", "pods", "--selector", chart.ComponentSelector(chart.Frontend),
		"--output", "jsonpath={.items[*].metadata.uid}")
	if err != nil {
		return nil, fmt.Errorf("looking at the frontend's pods: %w", err)
	}
	return strings.Fields(out), nil
}
