//go:build long

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	minikubes "todo-app/magefiles/internal/deploy/cluster/minikube"
)

// TestAMachineFullOfOthersThingsStaysAsItIs has things of like names beside a deployment that comes and goes.
func TestAMachineFullOfOthersThingsStaysAsItIs(t *testing.T) {
	destroyShared()
	d := newDeployment(t, kind)
	d.must(t, "setup")
	o := d.fillMachine(t)
	machine := o.onMachine(t)
	d.must(t, "cluster")
	assert.Equal(t, machine, o.onMachine(t), "after cluster")
	o.fillCluster(t)
	cluster := o.inCluster(t)
	for _, target := range []string{"deploy", "down", "deploy"} {
		d.must(t, target, key)
		assert.Equal(t, cluster, o.inCluster(t), "after "+target)
		assert.Equal(t, machine, o.onMachine(t), "after "+target)
		assert.Equal(t, target == "down", o.hasHostsBack(t), "the hosts file after "+target)
	}
	d.must(t, "destroy")
	assert.Equal(t, machine, o.onMachine(t), "after destroy")
	assert.True(t, o.hasHostsBack(t), "the hosts file, byte for byte")
	d.leavesOthersAlone(t)
}

// others are other people's things beside d.
type others struct {
	*deployment
	names   []string // which the deployment's own begin, or which begin those
	image   string
	profile string // the file of a profile of minikube's
}

// theirHosts are lines that look like the deployment's own.
const theirHosts = othersHosts + "10.9.8.7\tnot-" + host + " " + host + ".example # todo-app\r\n\n  # 10.9.8.6 " +
	host + "\n::1\tlocalhost # todo.loca\n"

// theirProfile is minikube's file of a profile whose machine is not there.
const theirProfile = `{"Name": "%s2", "Driver": "docker", "KeepContext": true,
"KubernetesConfig": {"KubernetesVersion": "v1.34.0", "ContainerRuntime": "docker"},
"Nodes": [{"IP": "192.0.2.9", "Port": 8443, "KubernetesVersion": "v1.34.0", "ControlPlane": true, "Worker": true}]}`

func (d *deployment) fillMachine(t *testing.T) *others {
	t.Helper()
	home, err := minikubes.Home()
	require.NoError(t, err)
	o := &others{deployment: d, names: []string{d.node + "2", "a-" + d.node, profile + "2-control-plane"},
		image: profile + "-others:latest", profile: filepath.Join(home, "profiles", profile+"2", "config.json")}
	require.NoError(t, os.WriteFile(d.hosts, []byte(theirHosts), 0o644))
	require.NoError(t, os.MkdirAll(filepath.Dir(o.profile), 0o700))
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(filepath.Dir(o.profile))) })
	require.NoError(t, os.WriteFile(o.profile, fmt.Appendf(nil, theirProfile, profile), 0o600))
	empty := filepath.Join(t.TempDir(), "empty.tar")
	require.NoError(t, os.WriteFile(empty, make([]byte, 1024), 0o644))
	d.output(t, "docker", "import", empty, o.image)
	t.Cleanup(func() { d.output(t, "docker", "rmi", "--force", o.image) })
	for _, name := range o.names {
		o.add(t, name)
	}
	return o
}

// add makes a container, a volume, a network and a kube context of a name.
func (o *others) add(t *testing.T, name string) {
	t.Helper()
	t.Cleanup(func() {
		o.output(t, "docker", "rm", "--force", name)
		o.output(t, "docker", "volume", "rm", "--force", name)
		_ = o.command(nil, "docker", "network", "rm", name).Run()
	})
	o.output(t, "docker", "network", "create", name)
	o.output(t, "docker", "create", "--name", name, "--network", name, "--volume", name+":/var",
		"--label", "io.x-k8s.kind.cluster="+profile+"2", "--label", "name.minikube.sigs.k8s.io="+profile+"2", o.image, "x")
	file := filepath.Join(t.TempDir(), "more")
	text := strings.NewReplacer("elsewhere", "kind-"+name, "somebody", "kind-"+name).Replace(othersKubeconfig)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	merged := o.output(t, "env", "KUBECONFIG="+o.kubeconfig+":"+file, "kubectl", "config", "view", "--raw", "--flatten")
	require.NoError(t, os.WriteFile(o.kubeconfig, []byte(merged+"\n"), 0o600))
}

// hasHostsBack reports whether the hosts file is as it was.
func (o *others) hasHostsBack(t *testing.T) bool {
	t.Helper()
	hosts, err := os.ReadFile(o.hosts)
	require.NoError(t, err)
	for line := range strings.Lines(theirHosts) {
		assert.Contains(t, string(hosts), line)
	}
	return string(hosts) == theirHosts
}

// onMachine describes them, but for what changes by itself.
func (o *others) onMachine(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{"image": o.output(t, "docker", "image", "inspect", o.image)}
	for _, name := range o.names {
		for _, what := range []string{"container", "volume", "network"} {
			all[what+" "+name] = o.output(t, "docker", what, "inspect", name)
		}
	}
	var config map[string]any
	view := o.output(t, "kubectl", "config", "view", "--raw", "--output", "json")
	require.NoError(t, json.Unmarshal([]byte(view), &config))
	for _, what := range []string{"contexts", "clusters", "users"} {
		for _, entry := range config[what].([]any) {
			name := entry.(map[string]any)["name"].(string)
			if name != o.context {
				all[what+" "+name] = text(t, entry)
			}
		}
	}
	all["the current context"] = o.output(t, "kubectl", "config", "current-context")
	file, err := os.ReadFile(o.profile)
	require.NoError(t, err)
	all["the profile of minikube's"] = string(file)
	return all
}

// othersChart is one of a single object.
var othersChart = map[string]string{
	"Chart.yaml": "apiVersion: v2\nname: theirs\nversion: 1.0.0\n",
	"templates/all.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-backend", labels: {app.kubernetes.io/name: todo-app}}
data: {a: b}
`,
}

// namespaces of like names, and the deployment's own, which somebody else has made.
func (o *others) namespaces() []string {
	return []string{o.namespace + "2", "a-" + o.namespace, o.namespace}
}

func (o *others) fillCluster(t *testing.T) {
	t.Helper()
	chart := t.TempDir()
	for name, content := range othersChart {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(chart, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(chart, name), []byte(content), 0o644))
	}
	for _, namespace := range o.namespaces() {
		o.output(t, "kubectl", "--context", o.context, "create", "namespace", namespace)
		in := *o.deployment
		in.namespace = namespace
		release := "todo-app"
		if namespace == o.namespace {
			release = "todo-app-2"
		}
		in.helm(t, "install", release, chart)
		in.kubectl(t, "create", "secret", "generic", "todo-app-settings-2", "--from-literal=a=b")
		in.kubectl(t, "create", "ingress", "theirs", "--class=nginx", "--rule=not-"+host+"/*=theirs:80")
		in.kubectl(t, "create", "deployment", "todo-app-backend2", "--image=nowhere.invalid/x", "--replicas=0")
		in.kubectl(t, "rollout", "status", "deployment/todo-app-backend2")
		in.kubectl(t, "wait", "--for=create", "serviceaccount/default", "configmap/kube-root-ca.crt", "--timeout=5m")
	}
	o.output(t, "kubectl", "--context", o.context, "create", "clusterrole", "todo-app-2", "--verb=get", "--resource=pods")
}

// inCluster describes what they have there, but for its state and how often it was written.
func (o *others) inCluster(t *testing.T) map[string]string {
	t.Helper()
	var list struct{ Items []map[string]any }
	get := func(args ...string) {
		t.Helper()
		list.Items = nil
		out := o.output(t, "kubectl", append([]string{"--context", o.context, "get", "-o", "json"}, args...)...)
		require.NoError(t, json.Unmarshal([]byte(out), &list))
	}
	all := map[string]string{}
	add := func(wanted func(name string) bool) {
		for _, one := range list.Items {
			metadata := one["metadata"].(map[string]any)
			name := metadata["name"].(string)
			if wanted(name) {
				delete(one, "status")
				delete(metadata, "resourceVersion")
				all[one["kind"].(string)+" "+strings.TrimPrefix(text(t, metadata["namespace"])+" ", "null ")+name] = text(t, one)
			}
		}
	}
	for _, namespace := range o.namespaces() {
		get("namespace", "--field-selector", "metadata.name="+namespace)
		add(func(string) bool { return true })
		get("deployments,configmaps,secrets,ingresses,serviceaccounts", "--namespace", namespace)
		add(func(name string) bool {
			return namespace != o.namespace || strings.HasSuffix(name, "2") && !strings.Contains(name, ".todo-app.") ||
				strings.Contains(name, "todo-app-2") || name == "theirs" || name == "default"
		})
	}
	get("clusterrole", "--field-selector", "metadata.name=todo-app-2")
	add(func(string) bool { return true })
	require.Greater(t, len(all), 20)
	return all
}

// text is a value of JSON, whose keys are in order.
func text(t *testing.T, value any) string {
	t.Helper()
	out, err := json.MarshalIndent(value, "", " ")
	require.NoError(t, err)
	return string(out)
}
