package chart_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	chart "todo-app/deploy/helm"
)

func TestServicesReachThePodsTheyAreFor(t *testing.T) {
	t.Parallel()
	eachVariant(t, func(t *testing.T, all manifests) {
		pods := all.pods(t)
		for _, m := range all {
			if m.Kind != "Service" {
				continue
			}
			var spec struct {
				Selector map[string]string
				Ports    []struct {
					Name       string
					Port       int
					TargetPort string
				}
			}
			m.into(t, "spec", &spec)

			var selected []string
			for name, p := range pods {
				if containsAll(p.Metadata.Labels, spec.Selector) {
					selected = append(selected, name)
				}
			}
			assert.Equal(t, []string{m.Metadata.Name}, selected, "a Service must select its own pods, and no test's")
			open := map[string]int{}
			for _, port := range pods[m.Metadata.Name].Spec.Containers[0].Ports {
				open[port.Name] = port.ContainerPort
			}
			require.NotEmpty(t, spec.Ports)
			for _, port := range spec.Ports {
				assert.Equal(t, open[port.TargetPort], port.Port, "%s's port %s", m.Metadata.Name, port.Name)
			}
		}
	})
}

func TestTheGoCodeKnowsTheComponentsAsTheyAre(t *testing.T) {
	t.Parallel()
	all := render(t)
	pods := all.pods(t)
	for component, part := range map[string]struct {
		kind, image string
		port        int
	}{
		chart.Backend:  {"Deployment", chart.BackendImage + ":0.1.0", chart.BackendPort},
		chart.Frontend: {"Deployment", chart.FrontendImage + ":0.1.0", chart.FrontendPort},
		chart.Postgres: {"StatefulSet", chart.PostgresImage, chart.PostgresPort},
	} {
		name := chart.Object(component)
		all.get(t, part.kind, name)
		var spec struct{ Ports []struct{ Port int } }
		all.get(t, "Service", name).into(t, "spec", &spec)
		assert.Equal(t, part.port, spec.Ports[0].Port, name)
		assert.Equal(t, component, pods[name].Spec.Containers[0].Name)
		assert.Equal(t, part.image, pods[name].Spec.Containers[0].Image, name)
		assert.Equal(t, part.port, pods[name].Spec.Containers[0].Ports[0].ContainerPort, name)
		assert.Subset(t, pods[name].Metadata.Labels, selected(t, chart.ComponentSelector(component)), name)
	}
	all.get(t, "Ingress", chart.Release)
}

// selected are the labels that a selector chooses.
func selected(t *testing.T, selector string) map[string]string {
	t.Helper()
	labels := map[string]string{}
	for pair := range strings.SplitSeq(selector, ",") {
		key, value, found := strings.Cut(pair, "=")
		require.True(t, found, selector)
		labels[key] = value
	}
	return labels
}

func TestTheGoCodeKnowsTheAppsPodsAsTheyAre(t *testing.T) {
	t.Parallel()
	for component, sources := range map[string]string{chart.Backend: "backend", chart.Frontend: "frontend"} {
		p := render(t).pod(t, chart.Object(component))
		grace := time.Duration(p.Spec.TerminationGracePeriodSeconds) * time.Second
		assert.Equal(t, chart.TerminationGrace, grace, component)

		dockerfile, err := os.ReadFile(filepath.Join("..", "..", sources, "Dockerfile"))
		require.NoError(t, err)
		user, port := p.Spec.SecurityContext.RunAsUser, p.Spec.Containers[0].Ports[0].ContainerPort
		assert.Contains(t, string(dockerfile), fmt.Sprintf("\nUSER %d:%d\nEXPOSE %d\n", user, user, port), component)
	}
	mounts := render(t).pod(t, chart.Object(chart.Frontend)).Spec.Containers[0].VolumeMounts
	var paths []string
	for _, mount := range mounts {
		paths = append(paths, mount.MountPath)
	}
	assert.ElementsMatch(t, []string{"/tmp", chart.FrontendCache}, paths)
}

func TestTheMigrationPodIsTheBackendsThatServesNothing(t *testing.T) {
	t.Parallel()
	out, diagnostics, err := template(t, "--show-only="+chart.BackendTemplate,
		"--set=postgres.enabled=false,secrets.existingSecret=trial")
	require.NoError(t, err, diagnostics)
	spec, err := chart.MigrationPod(out)
	require.NoError(t, err)
	text, err := yaml.Marshal(map[string]any{"kind": "Pod", "metadata": map[string]any{"name": "trial"}, "spec": spec})
	require.NoError(t, err)
	p := parse(t, string(text)).pod(t, "trial")
	assert.Empty(t, p.Spec.InitContainers)
	require.Len(t, p.Spec.Containers, 1)
	assert.Equal(t, chart.Migrate, p.Spec.Containers[0].Command)
	env := p.Spec.Containers[0].env()
	assert.Equal(t, "trial/DATABASE_URL", env[chart.DatabaseURL])
	assert.Equal(t, "trial/DIRECT_DATABASE_URL?", env[chart.DirectDatabaseURL])
	assert.Equal(t, parse(t, out).pod(t, chart.Object(chart.Backend)).Spec.Containers[0].env(), env)
	for _, serving := range []string{"ports:", "Probe:", "lifecycle:"} {
		assert.NotContains(t, string(text), serving)
	}
	assert.Empty(t, p.Spec.ServiceAccountName, "the chart's is not there before the first install")
	assert.Equal(t, "Never", spec["restartPolicy"])
	backend := render(t).pod(t, chart.Object(chart.Backend)).Spec
	assert.Equal(t, backend.SecurityContext, p.Spec.SecurityContext)
	assert.Equal(t, backend.Volumes, p.Spec.Volumes)
	assert.Equal(t, backend.Containers[0].Resources, p.Spec.Containers[0].Resources)
}

func TestADeploymentOfOtherContainersIsRefused(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"spec: {template: {spec: {containers: []}}}": "its pods have 0 containers, not one",
		"":  "its pods have 0 containers, not one",
		"[": "reading the backend's Deployment: ",
	} {
		_, err := chart.MigrationPod(text)
		assert.ErrorContains(t, err, says, text)
	}
}

func TestLabelsAreTheRecommendedOnes(t *testing.T) {
	t.Parallel()
	eachVariant(t, func(t *testing.T, all manifests) {
		for _, m := range all {
			for _, label := range []string{"name", "instance", "component", "version", "part-of", "managed-by"} {
				assert.NotEmpty(t, m.Metadata.Labels["app.kubernetes.io/"+label], "%s %s: %s", m.Kind, m.Metadata.Name,
					label)
			}
		}
	})
}

func TestIngressRoutesByPathAndRewritesNothing(t *testing.T) {
	t.Parallel()
	all := render(t)
	ingress := all.get(t, "Ingress", "todo-app")
	limit := map[string]string{"nginx.ingress.kubernetes.io/proxy-body-size": "32m"}
	assert.Equal(t, limit, ingress.Metadata.Annotations,
		"an import is as large as the backend allows, and nothing else is one controller's")
	var spec struct {
		IngressClassName string
		TLS              []any
		Rules            []struct {
			Host string
			HTTP struct {
				Paths []struct {
					Path, PathType string
					Backend        struct {
						Service struct {
							Name string
							Port struct{ Name string }
						}
					}
				}
			}
		}
	}
	ingress.into(t, "spec", &spec)
	assert.Equal(t, chart.IngressClass, spec.IngressClassName)
	assert.Empty(t, spec.TLS)
	require.Len(t, spec.Rules, 1)
	assert.Equal(t, "todo.local", spec.Rules[0].Host)
	routes := map[string]string{}
	for _, path := range spec.Rules[0].HTTP.Paths {
		assert.Equal(t, "Prefix", path.PathType)
		routes[path.Path] = path.Backend.Service.Name + ":" + path.Backend.Service.Port.Name
	}
	assert.Equal(t, map[string]string{"/api": "todo-app-backend:http", "/": "todo-app-frontend:http"}, routes)
}

func TestTheBundledControllerServesTheChartsClass(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../ingress/traefik.yaml")
	require.NoError(t, err)
	all := parse(t, string(text))
	var spec struct{ Controller string }
	all.get(t, "IngressClass", chart.IngressClass).into(t, "spec", &spec)
	assert.Equal(t, "traefik.io/ingress-controller", spec.Controller)

	traefik := all.pod(t, "traefik").Spec.Containers[0]
	assert.Contains(t, traefik.Args, "--providers.kubernetesingress.ingressclass=nginx")
	assert.Contains(t, traefik.Args, "--providers.kubernetesingress.strictprefixmatching=true",
		"else /apix is the backend's")
	assert.Contains(t, traefik.Args, "--global.checknewversion=false")
	ports := map[int]int{}
	for _, port := range traefik.Ports {
		ports[port.ContainerPort] = port.HostPort
	}
	assert.Equal(t, map[int]int{8080: 80, 8443: 443, 9000: 0}, ports)
}

func TestFullnameFollowsHelmsConvention(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ release, expected string }{
		{"todo-app", "todo-app"},
		{"my-todo-app", "my-todo-app"},
		{"mine", "mine-todo-app"},
		{"a-release-whose-name-is-as-long-as-helm-lets-it-be-53", "a-release-whose-name-is-as-long-as-helm-let"},
	} {
		out, diagnostics, err := helm(t, "template", test.release, folder)
		require.NoError(t, err, diagnostics)
		parse(t, out).get(t, "StatefulSet", test.expected+"-postgres")
	}
}

func TestDisruptionBudgetsOnlyWhereThereAreSeveralPods(t *testing.T) {
	t.Parallel()
	assert.Nil(t, render(t).find("PodDisruptionBudget", "todo-app-backend"))
	several := render(t, "--set=backend.replicas=2")
	several.get(t, "PodDisruptionBudget", "todo-app-backend")
	assert.Nil(t, several.find("PodDisruptionBudget", "todo-app-frontend"))
	scaled := render(t, "--set=frontend.autoscaling.enabled=true")
	scaled.get(t, "PodDisruptionBudget", "todo-app-frontend")
	assert.Nil(t, scaled.find("PodDisruptionBudget", "todo-app-backend"))
}

// containsAll tells whether labels has every pair of selector.
func containsAll(labels, selector map[string]string) bool {
	for key, value := range selector {
		if labels[key] != value {
			return false
		}
	}
	return true
}
