//go:build long

package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	minikubes "todo-app/magefiles/internal/deploy/cluster/minikube"
)

// TestAnotherMachineOfMinikubesStaysAsItIs has one that runs beside a deployment that comes and goes.
func TestAnotherMachineOfMinikubesStaysAsItIs(t *testing.T) {
	destroyShared()
	d := newDeployment(t, minikube)
	d.must(t, "deploy", key)
	t.Cleanup(func() { d.output(t, "minikube", "delete", "--profile", otherProfile) })
	others := d.otherProfile(t)
	for _, target := range []string{"deploy", "down", "destroy"} {
		d.must(t, target, key)
		assert.Equal(t, others, d.describe(t, otherProfile), "after "+target)
	}
	d.leavesOthersAlone(t)
}

// otherProfile is a machine of minikube's beside the one under test.
var otherProfile = profile + "-other"

// otherProfile starts that machine, without Kubernetes, and describes it.
func (d *deployment) otherProfile(t *testing.T) string {
	t.Helper()
	d.output(t, "minikube", "delete", "--profile", otherProfile) // what an interrupted run left
	image := d.output(t, "docker", "inspect", "--format", "{{.Config.Image}}", d.node)
	args := []string{"start", "--profile", otherProfile, "--no-kubernetes", "--driver=docker", "--base-image=" + image,
		"--memory=2g", "--keep-context=true", "--interactive=false"}
	if os.Geteuid() == 0 {
		args = append(args, "--force")
	}
	d.output(t, "minikube", args...)
	return d.describe(t, otherProfile)
}

// describe is all that must stay of a machine: which container it is, since when it runs, and how its profile was made.
func (d *deployment) describe(t *testing.T, name string) string {
	t.Helper()
	home, err := minikubes.Home()
	require.NoError(t, err)
	config, err := os.ReadFile(filepath.Join(home, "profiles", name, "config.json"))
	require.NoError(t, err)
	return d.output(t, "docker", "inspect", "--format", "{{.Id}} {{.State.StartedAt}}", name) + "\n" + string(config)
}
