package chart_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// policy is a NetworkPolicy, as far as the chart's go.
type policy struct {
	PodSelector     selector
	PolicyTypes     []string
	Ingress, Egress []rule
}

type selector struct{ MatchLabels map[string]string }

type peer struct{ PodSelector, NamespaceSelector, IPBlock *selector }

type rule struct {
	From, To []peer
	Ports    []struct {
		Port     int
		Protocol string
	}
}

// policies are those of a rendering that select a pod.
func (all manifests) policies(t *testing.T, p pod) []policy {
	t.Helper()
	var found []policy
	for _, m := range all {
		if m.Kind != "NetworkPolicy" {
			continue
		}
		var one policy
		m.into(t, "spec", &one)
		if containsAll(p.Metadata.Labels, one.PodSelector.MatchLabels) {
			found = append(found, one)
		}
	}
	return found
}

// allows reports whether a rule lets a pod of the release talk by TCP at the port, from or to it.
func (r rule) allows(p pod, port int) bool {
	peers := slices.Concat(r.From, r.To)
	allowed := len(peers) == 0
	for _, one := range peers {
		allowed = allowed || one.PodSelector != nil && one.NamespaceSelector == nil &&
			containsAll(p.Metadata.Labels, one.PodSelector.MatchLabels)
	}
	for _, one := range r.Ports {
		if allowed && one.Port == port && one.Protocol == "TCP" {
			return true
		}
	}
	return false
}

// reaches reports whether one pod may talk to another at the port: what selects either of them has to allow it.
func (all manifests) reaches(t *testing.T, from, to string, port int) bool {
	t.Helper()
	pods := all.pods(t)
	sends, takes := all.policies(t, pods[from]), all.policies(t, pods[to])
	out := slices.ContainsFunc(sends, func(one policy) bool {
		return slices.ContainsFunc(one.Egress, func(r rule) bool { return r.allows(pods[to], port) })
	})
	in := slices.ContainsFunc(takes, func(one policy) bool {
		return slices.ContainsFunc(one.Ingress, func(r rule) bool { return r.allows(pods[from], port) })
	})
	return out && in
}

func TestEveryPodIsLimitedInBothDirections(t *testing.T) {
	t.Parallel()
	eachVariant(t, func(t *testing.T, all manifests) {
		limited := !slices.ContainsFunc(all, func(m manifest) bool { return m.Metadata.Name == "tasks" }) // ci/bare
		for name, p := range all.pods(t) {
			var types []string
			for _, one := range all.policies(t, p) {
				types = append(types, one.PolicyTypes...)
			}
			if limited {
				assert.Equal(t, []string{"Ingress", "Egress"}, types, name)
			} else {
				assert.Empty(t, types, name)
			}
		}
	})
}

func TestPodsReachWhatTheyAreForAndNothingElse(t *testing.T) {
	t.Parallel()
	const b, f, p, testB, testF = "todo-app-backend", "todo-app-frontend", "todo-app-postgres",
		"todo-app-test-backend", "todo-app-test-frontend"
	ports := map[string]int{b: 8000, f: 3000, p: 5432, testB: 8000, testF: 3000}
	reached := map[string][]string{b: {p}, f: {b}, p: {}, testB: {b, f, p}, testF: {b, f, p}}
	for name, args := range map[string][]string{
		"where anyone may reach the app": nil,
		"where an ingress controller may": {
			"--set=networkPolicy.ingressFrom[0].namespaceSelector.matchLabels.name=ingress"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := render(t, args...)
			for from, expected := range reached {
				for to, port := range ports {
					assert.Equal(t, slices.Contains(expected, to), all.reaches(t, from, to, port), "%s to %s", from, to)
				}
			}
			assert.False(t, all.reaches(t, testF, f, 3001), "probes are the node's")
		})
	}
}
