package chart_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	chart "todo-app/deploy/helm"
)

func TestTLSIsForTheHostAndNamesItsCertificate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args     []string
		expected []map[string]any
	}{
		"off": {nil, nil},
		"with a certificate of one's own": {
			[]string{"--set=ingress.host=todo.example.com,ingress.tls.enabled=true,ingress.tls.secretName=certificate"},
			[]map[string]any{{"hosts": []any{"todo.example.com"}, "secretName": "certificate"}},
		},
		"with the controller's": {
			[]string{"--set=ingress.tls.enabled=true"},
			[]map[string]any{{"hosts": []any{"todo.local"}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var spec struct{ TLS []map[string]any }
			render(t, test.args...).get(t, "Ingress", "todo-app").into(t, "spec", &spec)
			assert.Equal(t, test.expected, spec.TLS)
		})
	}
}

// route is the spec of an HTTPRoute.
type route struct {
	ParentRefs []map[string]any
	Hostnames  []string
	Rules      []struct {
		Matches     []struct{ Path struct{ Type, Value string } }
		BackendRefs []struct {
			Name string
			Port int
		}
		Filters []any
	}
}

func TestTheHTTPRouteRoutesAsTheIngressDoes(t *testing.T) {
	t.Parallel()
	all := render(t, "--values="+variants(t)["gateway"])
	assert.Nil(t, all.find("Ingress", "todo-app"))
	m := all.get(t, "HTTPRoute", "todo-app")
	assert.Equal(t, map[string]string{"example.com/team": "todo"}, m.Metadata.Annotations)
	var spec route
	m.into(t, "spec", &spec)
	assert.Equal(t, []string{"todo.example.com"}, spec.Hostnames)
	assert.Equal(t, []map[string]any{{"name": "public", "namespace": "gateways", "sectionName": "https"}}, spec.ParentRefs)
	leads := map[string]string{}
	for _, one := range spec.Rules {
		require.Len(t, one.Matches, 1)
		require.Len(t, one.BackendRefs, 1)
		assert.Equal(t, "PathPrefix", one.Matches[0].Path.Type)
		assert.Empty(t, one.Filters, "nothing is rewritten")
		leads[one.Matches[0].Path.Value] = one.BackendRefs[0].Name
		var service struct{ Ports []struct{ Port int } }
		all.get(t, "Service", one.BackendRefs[0].Name).into(t, "spec", &service)
		assert.Equal(t, service.Ports[0].Port, one.BackendRefs[0].Port)
	}
	assert.Equal(t, map[string]string{"/api": "todo-app-backend", "/": "todo-app-frontend"}, leads)

	assert.Nil(t, render(t).find("HTTPRoute", "todo-app"))
	both := render(t, "--set=httpRoute.enabled=true,httpRoute.host=,httpRoute.parentRefs[0].name=x")
	both.get(t, "Ingress", "todo-app")
	var anyHost route
	both.get(t, "HTTPRoute", "todo-app").into(t, "spec", &anyHost)
	assert.Empty(t, anyHost.Hostnames)
}

func TestTheBundledControllerServesTheGatewayAPIWhenAskedTo(t *testing.T) {
	t.Parallel()
	var diagnostics strings.Builder
	kustomize := exec.CommandContext(t.Context(), "kubectl", "kustomize", "../gateway")
	kustomize.Stderr = &diagnostics
	text, err := kustomize.Output()
	require.NoError(t, err, "the chart's tests need kubectl in PATH: %s", diagnostics.String())
	all := parse(t, string(text))

	gateway := all.get(t, "Gateway", chart.Gateway)
	assert.Equal(t, chart.GatewayNamespace, gateway.Metadata.Namespace)
	var spec struct {
		GatewayClassName string
		Listeners        []struct {
			Protocol      string
			Port          int
			AllowedRoutes struct{ Namespaces struct{ From string } }
		}
	}
	gateway.into(t, "spec", &spec)
	var class struct{ ControllerName string }
	all.get(t, "GatewayClass", spec.GatewayClassName).into(t, "spec", &class)
	assert.Equal(t, "traefik.io/gateway-controller", class.ControllerName)
	require.Len(t, spec.Listeners, 1)
	assert.Equal(t, "HTTP", spec.Listeners[0].Protocol)
	assert.Equal(t, "All", spec.Listeners[0].AllowedRoutes.Namespaces.From, "the app is in a namespace of its own")

	traefik := all.pod(t, "traefik").Spec.Containers[0]
	assert.Equal(t, traefik.Ports[0].ContainerPort, spec.Listeners[0].Port, "the entry point is found by its port")
	assert.Equal(t, 80, traefik.Ports[0].HostPort)
	assert.Contains(t, traefik.Args, "--entrypoints.web.address=:8080")
	assert.Contains(t, traefik.Args, "--providers.kubernetesgateway=true")
	assert.Contains(t, traefik.Args, "--providers.kubernetesingress=true", "Ingresses go on being served")
	may := map[string][]string{}
	var rules []struct{ Resources, Verbs []string }
	all.get(t, "ClusterRole", "ingress-traefik").into(t, "rules", &rules)
	for _, one := range rules {
		for _, resource := range one.Resources {
			may[resource] = one.Verbs
		}
	}
	for _, kind := range []string{"gatewayclasses", "gateways", "httproutes", "grpcroutes", "backendtlspolicies"} {
		assert.Equal(t, []string{"list", "watch"}, may[kind], kind)
		assert.Equal(t, []string{"update"}, may[kind+"/status"], kind)
	}
	for _, kind := range []string{"referencegrants", "namespaces", "configmaps", "services", "ingresses"} {
		assert.Equal(t, []string{"list", "watch"}, may[kind], kind)
	}
}
