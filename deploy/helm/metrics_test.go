package chart_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	chart "todo-app/deploy/helm"
)

// metricsPorts are where each part answers Prometheus.
var metricsPorts = map[string]int{chart.Backend: 8001, chart.Frontend: 3002}

func TestPrometheusFindsTheMetricsOfBothParts(t *testing.T) {
	t.Parallel()
	assert.Nil(t, render(t).find("ServiceMonitor", chart.Release), "not every cluster knows it")
	all := render(t, "--values="+variants(t)["monitored"])
	monitor := all.get(t, "ServiceMonitor", chart.Release)
	assert.Equal(t, "prometheus", monitor.Metadata.Labels["release"])
	var spec struct {
		Selector  selector
		JobLabel  string
		Endpoints []struct{ Port, Interval string }
	}
	monitor.into(t, "spec", &spec)
	assert.Equal(t, "15s", spec.Endpoints[0].Interval)

	found := map[string]int{}
	for _, m := range all {
		var service struct {
			Ports []struct {
				Name string
				Port int
			}
		}
		if m.Kind != "Service" || !containsAll(m.Metadata.Labels, spec.Selector.MatchLabels) {
			continue
		}
		m.into(t, "spec", &service)
		for _, port := range service.Ports {
			if port.Name == spec.Endpoints[0].Port {
				found[m.Metadata.Labels[spec.JobLabel]] = port.Port
			}
		}
	}
	assert.Equal(t, metricsPorts, found)
}

func TestMetricsAreReadByWhomTheValuesNameAndLeadThroughNoIngress(t *testing.T) {
	t.Parallel()
	eachVariant(t, func(t *testing.T, all manifests) {
		for _, m := range all {
			if m.Kind == "Ingress" || m.Kind == "HTTPRoute" {
				assert.NotContains(t, m.text, "metrics")
				assert.NotContains(t, m.text, "8001")
				assert.NotContains(t, m.text, "3002")
			}
		}
	})
	anyone := render(t)
	for component, port := range metricsPorts {
		assert.Empty(t, anyone.readers(t, component, port), component)
	}
	all := render(t, "--values="+variants(t)["monitored"])
	for component, port := range metricsPorts {
		monitoring := &selector{map[string]string{"kubernetes.io/metadata.name": "monitoring"}}
		assert.Equal(t, []peer{{NamespaceSelector: monitoring}}, all.readers(t, component, port), component)
	}
}

// readers are who may reach a component at a port; none is anyone.
func (all manifests) readers(t *testing.T, component string, port int) []peer {
	t.Helper()
	for _, one := range all.policies(t, all.pod(t, chart.Object(component))) {
		for _, r := range one.Ingress {
			if len(r.Ports) == 1 && r.Ports[0].Port == port {
				return r.From
			}
		}
	}
	t.Errorf("no rule for the port %d of %s", port, component)
	return nil
}
