//go:build long

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/wait"
)

// TestEveryVariantOfTheChart installs the chart of an earlier version with each values file, upgrades it to today's,
// tests that, and removes it: with plain helm, in namespaces that enforce Pod Security "restricted".
func TestEveryVariantOfTheChart(t *testing.T) {
	d, _ := shared(t, kind)
	d.must(t, "deploy", key, "TODO_INGRESS=gateway") // from then on, the cluster knows HTTPRoutes
	before := chart.Folder(d.earlierSources(t))
	files, err := filepath.Glob(filepath.Join(chart.Folder(d.root), "ci", "*-values.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), "-values.yaml")
		t.Run(name, func(t *testing.T) {
			beside := d.restricted(t, name)
			served := map[string]func(*testing.T, *deployment) func(){
				"external-database": withExternalDatabase, "replicated": withCertificate, "autoscaled": withTwoOfEach,
				"monitored": withServiceMonitors,
			}[name]
			check := func() {}
			if served != nil {
				check = served(t, beside)
			}
			beside.upgraded(t, before, file, d.tags(t))
			assert.Contains(t, beside.helm(t, "test", "todo-app", "--timeout", "3m"), "Succeeded")
			check()
			beside.removed(t)
		})
	}
}

// restricted is a namespace of its own beside the deployment, in which Kubernetes refuses pods that may do more than
// they need.
func (d *deployment) restricted(t *testing.T, name string) *deployment {
	t.Helper()
	beside := *d
	beside.namespace = namespace + "-" + name
	beside.output(t, "kubectl", "--context", d.context, "create", "namespace", beside.namespace)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(beside.kubectl(t, "get", "all", "-o", "wide"), beside.kubectl(t, "get", "events"))
		}
		d.output(t, "kubectl", "--context", d.context, "delete", "namespace", beside.namespace, "--wait=false")
	})
	beside.kubectl(t, "label", "namespace", beside.namespace, "pod-security.kubernetes.io/enforce=restricted")
	var said []byte
	wait.Until(t, "a pod that may be root to be refused", func() bool {
		said, _ = beside.command(nil, "kubectl", "--context", d.context, "--namespace", beside.namespace, "run", "root",
			"--image=root", "--dry-run=server").CombinedOutput()
		return strings.Contains(string(said), "violates PodSecurity")
	}, func() string { return string(said) })
	return &beside
}

// upgraded installs the earlier chart with what it knew of a values file, makes a todo, and finds that after an upgrade
// to today's chart.
func (d *deployment) upgraded(t *testing.T, before, values string, tags []string) {
	t.Helper()
	known := filepath.Join(before, "ci", filepath.Base(values))
	if _, err := os.Stat(known); err != nil { // none of the settings was there
		known = filepath.Join(before, "ci", "default-values.yaml")
	}
	do := func(verb, folder, file string) {
		t.Helper()
		d.helm(t, append([]string{verb, "todo-app", folder, "--wait", "--timeout", "5m", "--values", file}, tags...)...)
	}
	do("install", before, known)
	cookie, _, _ := strings.Cut(d.asksBackend(t, "", `{"title": "made by the earlier chart"}`), "\n")
	do("upgrade", chart.Folder(d.root), values)
	assert.Contains(t, d.asksBackend(t, cookie, ""), "made by the earlier chart")
}

// asksBackend posts a todo, or gets the list where it is "", from within a pod of the backend, and returns the cookie
// that came with the answer, and in the next line the answer.
func (d *deployment) asksBackend(t *testing.T, cookie, todo string) string {
	t.Helper()
	const ask = `import sys, urllib.request
headers = {"Cookie": sys.argv[1], "Content-Type": "application/json"}
todos = urllib.request.Request("http://127.0.0.1:8000/api/todos", sys.argv[2].encode() or None, headers)
with urllib.request.urlopen(todos, timeout=60) as answer:
    print((answer.headers["Set-Cookie"] or "").split(";")[0], answer.read().decode(), sep="\n")`
	backend := d.kubectl(t, "get", "deployments", "--selector="+chart.ComponentSelector(chart.Backend), "-o", "name")
	return d.kubectl(t, "exec", backend, "--container=backend", "--", "python", "-c", ask, cookie, todo)
}

// removed takes the release away: nothing stays but the todos of the chart's own database, and its password.
func (d *deployment) removed(t *testing.T) {
	t.Helper()
	var kept []string
	if database := d.kubectl(t, "get", "statefulsets", "-o", "jsonpath={.items[*].metadata.name}"); database != "" {
		kept = []string{"persistentvolumeclaim/data-" + database + "-0", "secret/" + database}
	}
	d.helm(t, "uninstall", "todo-app", "--wait", "--timeout", "5m")
	left := func() string {
		t.Helper()
		return d.kubectl(t, "get", "all,ingresses,httproutes,networkpolicies,poddisruptionbudgets,"+
			"horizontalpodautoscalers,serviceaccounts,configmaps,persistentvolumeclaims,secrets", "-o", "name",
			"--selector="+chart.Selector)
	}
	wait.Until(t, strings.Join(kept, " ")+" to be all that is left", func() bool {
		return slices.Equal(kept, slices.Sorted(slices.Values(strings.Fields(left()))))
	}, left)
}

// withExternalDatabase makes the Secret that the variant names, and returns what looks whether it is used.
func withExternalDatabase(t *testing.T, d *deployment) func() {
	url := "postgresql://todo:" + externalPassword + "@" + d.externalPostgres(t, externalPassword) + "?sslmode=require"
	file := filepath.Join(t.TempDir(), "external.env")
	require.NoError(t, os.WriteFile(file, []byte("DATABASE_URL="+url+"\n"), 0o600))
	d.kubectl(t, "create", "secret", "generic", "external-database", "--from-env-file="+file)
	return func() {
		assert.Empty(t, d.kubectl(t, "get", "statefulsets", "-o", "name"))
		assert.Equal(t, "made by the earlier chart", d.output(t, "docker", "exec", externalName, "psql",
			"--username=todo", "--tuples-only", "--no-align", "--command=SELECT title FROM todos"))
	}
}

// withCertificate makes the Secret of the variant's host, and returns what looks whether it is served by that.
func withCertificate(t *testing.T, d *deployment) func() {
	issuer := newAuthority(t)
	d.certificateSecret(t, "todo-example-com", issuer, "todo.example.com")
	return func() {
		issuer.visitor(t, d.ip(t, d.node), "todo.example.com").answers(t, "/api/version")
	}
}

// withServiceMonitors makes the Prometheus Operator's definition known, and returns what looks for the release's own.
func withServiceMonitors(t *testing.T, d *deployment) func() {
	const module = "github.com/prometheus-operator/prometheus-operator@v0.85.0"
	var downloaded struct{ Dir string }
	require.NoError(t, json.Unmarshal([]byte(d.output(t, "go", "mod", "download", "-json", module)), &downloaded))
	d.kubectl(t, "apply", "--server-side", "--filename", filepath.Join(downloaded.Dir, "example",
		"prometheus-operator-crd", "monitoring.coreos.com_servicemonitors.yaml"))
	return func() {
		assert.Equal(t, "metrics 15s", d.kubectl(t, "get", "servicemonitor", "todo-app", "-o",
			"jsonpath={.spec.endpoints[*].port} {.spec.endpoints[*].interval}"))
	}
}

// withTwoOfEach returns what waits for the least pods that a HorizontalPodAutoscaler starts: it needs no figures for
// that, which this cluster has not.
func withTwoOfEach(t *testing.T, d *deployment) func() {
	return func() {
		d.kubectl(t, "wait", "deployments", "--selector="+chart.Selector, "--for=jsonpath={.status.readyReplicas}=2",
			"--timeout=10m")
	}
}
