package chart_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	chart "todo-app/deploy/helm"
)

func TestAnAutoscalerChoosesTheNumberOfPodsAlone(t *testing.T) {
	t.Parallel()
	scaled := render(t, "--set=backend.autoscaling.enabled=true,backend.autoscaling.maxReplicas=9,backend.replicas=5")
	var deployment map[string]any
	scaled.get(t, "Deployment", "todo-app-backend").into(t, "spec", &deployment)
	assert.NotContains(t, deployment, "replicas", "each upgrade would undo what the autoscaler did")
	var spec struct {
		ScaleTargetRef           struct{ APIVersion, Kind, Name string }
		MinReplicas, MaxReplicas int
		Metrics                  []struct {
			Resource struct {
				Name   string
				Target map[string]string
			}
		}
	}
	scaled.get(t, "HorizontalPodAutoscaler", "todo-app-backend").into(t, "spec", &spec)
	assert.Equal(t, "apps/v1/Deployment/todo-app-backend",
		spec.ScaleTargetRef.APIVersion+"/"+spec.ScaleTargetRef.Kind+"/"+spec.ScaleTargetRef.Name)
	assert.Equal(t, 2, spec.MinReplicas)
	assert.Equal(t, 9, spec.MaxReplicas)
	require.Len(t, spec.Metrics, 1)
	assert.Equal(t, "cpu", spec.Metrics[0].Resource.Name)
	assert.Equal(t, map[string]string{"type": "AverageValue", "averageValue": "500m"}, spec.Metrics[0].Resource.Target)

	assert.Nil(t, scaled.find("HorizontalPodAutoscaler", "todo-app-frontend"))
	scaled.get(t, "Deployment", "todo-app-frontend").into(t, "spec", &deployment)
	assert.EqualValues(t, 1, deployment["replicas"])
}

func TestPodsGoWhereTheyAreSent(t *testing.T) {
	t.Parallel()
	all := render(t, "--values="+variants(t)["autoscaled"])
	plain := render(t)
	for name, tier := range map[string]string{
		"todo-app-backend": "api", "todo-app-frontend": "web", "todo-app-postgres": "database",
		"todo-app-test-backend": "", "todo-app-test-frontend": "",
	} {
		p := all.pods(t)[name]
		assert.Equal(t, map[string]string{"kubernetes.io/os": "linux"}, p.Spec.NodeSelector, name)
		require.NotEmpty(t, p.Spec.Tolerations, name)
		assert.Equal(t, "example.com/dedicated", p.Spec.Tolerations[0]["key"], name)
		assert.Contains(t, p.Spec.Affinity, "nodeAffinity", name)
		assert.Equal(t, tier, p.Metadata.Labels["example.com/tier"], name)
		if tier != "" {
			assert.Equal(t, "todo", p.Metadata.Annotations["example.com/team"], name)
		}
		bare := plain.pods(t)[name].Spec
		assert.True(t, bare.NodeSelector == nil && bare.Tolerations == nil && bare.Affinity == nil, name)
	}
}

// TestPodsOfALostNodeAreReplacedSoon where another pod serves meanwhile; a single one, or a database, waits longer.
func TestPodsOfALostNodeAreReplacedSoon(t *testing.T) {
	t.Parallel()
	seconds := func(p pod) map[string]string {
		found := map[string]string{}
		for _, toleration := range p.Spec.Tolerations {
			if toleration["effect"] == "NoExecute" {
				found[toleration["key"]] = toleration["tolerationSeconds"]
			}
		}
		return found
	}
	several := render(t, "--values="+variants(t)["replicated"])
	for _, component := range []string{chart.Backend, chart.Frontend} {
		assert.Equal(t, map[string]string{"node.kubernetes.io/not-ready": "10", "node.kubernetes.io/unreachable": "10"},
			seconds(several.pod(t, chart.Object(component))), component)
		assert.Empty(t, seconds(render(t).pod(t, chart.Object(component))), component)
	}
	assert.Empty(t, seconds(several.pod(t, chart.Object(chart.Postgres))))
}

func TestFurtherVariablesComeBesideTheCharts(t *testing.T) {
	t.Parallel()
	all := render(t, "--values="+variants(t)["autoscaled"])
	plain := render(t)
	for _, component := range []string{chart.Backend, chart.Frontend} {
		for i, c := range all.pod(t, chart.Object(component)).containers() {
			env := c.env()
			assert.Equal(t, "Europe/Berlin", env["TZ"], c.Name)
			assert.Equal(t, component == chart.Backend, c.hasField("NODE_NAME", "spec.nodeName"), c.Name)
			without := plain.pod(t, chart.Object(component)).containers()[i].env()
			assert.NotContains(t, without, "TZ")
			assert.Subset(t, env, without, c.Name)
		}
	}
}

// hasField reports whether a variable of the container is that field of its pod.
func (c container) hasField(name, path string) bool {
	for _, v := range c.Env {
		if v.Name == name {
			return v.ValueFrom.FieldRef.FieldPath == path
		}
	}
	return false
}
