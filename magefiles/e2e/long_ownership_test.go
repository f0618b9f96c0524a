//go:build long

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// beside is the deployment of another profile, so that there is no cluster yet, with a kubeconfig of its own.
func (d *deployment) beside(t *testing.T, suffix string) *deployment {
	t.Helper()
	other := *d
	other.kubeconfig = filepath.Join(t.TempDir(), "kubeconfig")
	other.env = append(append([]string{}, d.env...), "TODO_PROFILE="+profile+suffix, "KUBECONFIG="+other.kubeconfig,
		"TODO_HTTP_PORT="+freePort(t))
	return &other
}

// TestWhatIsOthersIsRefusedAndStaysAsItIs gives others' things the names that a deployment would use.
func TestWhatIsOthersIsRefusedAndStaysAsItIs(t *testing.T) {
	d, v := shared(t, kind)
	image := d.output(t, "docker", "inspect", "--format", "{{.Config.Image}}", d.node)
	refused := func(t *testing.T, d *deployment, says string, targets ...string) {
		t.Helper()
		for _, target := range targets {
			out := d.fails(t, target)
			assert.Contains(t, out, says, target)
			assert.Contains(t, out, "TODO_PROFILE", target)
		}
	}
	t.Run("a container, its volume and a network", func(t *testing.T) {
		name := profile + "-others"
		for suffix, provider := range map[string]string{"": "minikube", "-control-plane": "kind"} {
			container := name + suffix
			d.output(t, "docker", "create", "--name", container, "--volume", container+":/data", image, "true")
			t.Cleanup(func() { d.output(t, "docker", "volume", "rm", "--force", container) })
			t.Cleanup(func() { d.output(t, "docker", "rm", "--force", container) })
			before := d.output(t, "docker", "inspect", container)
			other := d.beside(t, "-others")
			other.env = append(other.env, "TODO_CLUSTER="+provider)
			refused(t, other, `the container "`+container+`"`, "doctor", "cluster", "destroy")
			assert.Equal(t, before, d.output(t, "docker", "inspect", container))
			assert.Equal(t, container, d.output(t, "docker", "volume", "ls", "--quiet", "--filter", "name=^"+container+"$"))
		}
	})
	t.Run("a kube context that leads elsewhere", func(t *testing.T) {
		other := d.beside(t, "-context")
		name := "kind-" + profile + "-context"
		text := strings.NewReplacer("elsewhere", name, "somebody", name).Replace(othersKubeconfig)
		require.NoError(t, os.WriteFile(other.kubeconfig, []byte(text), 0o600))
		refused(t, other, "of the kubeconfig was not made by this deployment", "doctor", "cluster")
		other.must(t, "destroy")
		after, err := os.ReadFile(other.kubeconfig)
		require.NoError(t, err)
		assert.Equal(t, text, string(after))
	})
	t.Run("the hosts line of another deployment", func(t *testing.T) {
		before, err := os.ReadFile(d.hosts)
		require.NoError(t, err)
		d.beside(t, "-never").must(t, "destroy")
		assert.Contains(t, d.must(t, "down", "TODO_NAMESPACE=todo-never"), "no release")
		after, err := os.ReadFile(d.hosts)
		require.NoError(t, err)
		assert.Equal(t, string(before), string(after))
	})
	t.Run("a namespace, which gets no label, and a Secret in it", func(t *testing.T) {
		const theirs = "todo-theirs"
		d.output(t, "kubectl", "--context", d.context, "create", "namespace", theirs)
		defer d.output(t, "kubectl", "--context", d.context, "delete", "namespace", theirs, "--wait=false")
		secret := []string{"--context", d.context, "--namespace", theirs}
		d.output(t, "kubectl", append(secret, "create", "secret", "generic", "todo-app-settings", "--from-literal=a=b")...)
		for _, target := range []string{"install", "down"} {
			assert.Contains(t, d.fails(t, target, "TODO_NAMESPACE="+theirs), `the Secret "todo-app-settings"`)
		}
		get := []string{"--context", d.context, "get", "namespace", theirs, "-o", "jsonpath={.metadata.labels}"}
		labels := d.output(t, "kubectl", get...)
		assert.Equal(t, `{"kubernetes.io/metadata.name":"`+theirs+`"}`, labels)
	})
	v.sees(t, "survive everything")
}

// TestAStaleLockOfTheKubeconfigCostsNoCluster looks before a node is made, and when one is there already.
func TestAStaleLockOfTheKubeconfigCostsNoCluster(t *testing.T) {
	d, v := shared(t, kind)
	other := d.beside(t, "-locked")
	require.NoError(t, os.WriteFile(other.kubeconfig+".lock", nil, 0o600))
	assert.Contains(t, other.fails(t, "cluster"), "rm -f "+other.kubeconfig+".lock")
	made := "label=io.x-k8s.kind.cluster=" + profile + "-locked"
	assert.Empty(t, d.output(t, "docker", "ps", "--all", "--quiet", "--filter", made))

	node := d.output(t, "docker", "inspect", "--format", "{{.Id}}", d.node)
	same := d.besideOthers(t)
	require.NoError(t, os.Remove(same.kubeconfig))
	require.NoError(t, os.WriteFile(same.kubeconfig+".lock", nil, 0o600))
	for range 2 {
		assert.Contains(t, same.fails(t, "cluster"), "rm -f "+same.kubeconfig+".lock")
	}
	require.NoError(t, os.Remove(same.kubeconfig+".lock"))
	assert.Contains(t, same.must(t, "cluster"), "unchanged")
	assert.Equal(t, node, d.output(t, "docker", "inspect", "--format", "{{.Id}}", d.node), "the node that runs is kept")
	v.sees(t, "survive everything")
}

// TestAReleaseThatIsLeftUninstallingCostsNoFailedDeploy kills helm while it removes the release.
func TestAReleaseThatIsLeftUninstallingCostsNoFailedDeploy(t *testing.T) {
	d, v := shared(t, kind)
	uninstall := d.command(nil, "helm", "uninstall", "todo-app", "--wait", "--kube-context", d.context,
		"--namespace", d.namespace)
	require.NoError(t, uninstall.Start())
	for !strings.Contains(d.helm(t, "list", "--all", "--output", "json"), "uninstalling") {
		require.Nil(t, uninstall.ProcessState, "helm was quicker")
		time.Sleep(10 * time.Millisecond)
	}
	require.NoError(t, uninstall.Process.Kill())
	_ = uninstall.Wait()
	assert.Contains(t, d.must(t, "deploy", key), "finishing it first; its data stays")
	v.sees(t, "survive everything")
}

// TestANodeOfMinikubesIsMadeAnewAroundItsVolume takes away what minikube starts its node with.
func TestANodeOfMinikubesIsMadeAnewAroundItsVolume(t *testing.T) {
	d, v := shared(t, minikube)
	home := os.Getenv("MINIKUBE_HOME")
	if home == "" {
		user, err := os.UserHomeDir()
		require.NoError(t, err)
		home = filepath.Join(user, ".minikube")
	}
	config := filepath.Join(home, "profiles", profile, "config.json")
	for name, breaks := range map[string]func(){
		"the network": func() {
			d.output(t, "docker", "stop", d.node)
			d.output(t, "docker", "network", "rm", d.node)
		},
		"the container":        func() { d.output(t, "docker", "rm", "--force", d.node) },
		"the profile's file":   func() { require.NoError(t, os.WriteFile(config, nil, 0o600)) },
		"the profile's folder": func() { require.NoError(t, os.RemoveAll(filepath.Dir(config))) },
	} {
		t.Run(name, func(t *testing.T) {
			breaks()
			assert.Contains(t, d.must(t, "doctor"), "made anew around its volume", "doctor changes nothing")
			assert.Contains(t, d.must(t, "deploy", key), "made anew around its volume")
			v.moves(t, d.address(t))
			v.sees(t, "survive everything")
		})
	}
}
