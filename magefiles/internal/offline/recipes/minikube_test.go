package recipes

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
)

func TestMinikubeDownloadsWhatItNeedsWhereARegistryAnswers(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, absent, online)
	base, err := supply(t, Auto, fake).Minikube(t.Context(), t.TempDir())
	require.NoError(t, err)
	assert.Empty(t, base)
	assert.Contains(t, fake.Lines(), "docker pull "+smallest)
}

func TestMinikubeIsLeftAloneWhereBuildingIsForbidden(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t)
	base, err := supply(t, Never, fake).Minikube(t.Context(), t.TempDir())
	require.NoError(t, err)
	assert.Empty(t, base)
	assert.Empty(t, fake.Lines())
}

func TestMinikubeGetsItsMachineItsProgramsAndItsImagesWhereNoRegistryAnswers(t *testing.T) {
	t.Parallel()
	b := newBuilder(t, runner.Reply{Prefix: "docker image inspect --format {{.Id}}", Output: "sha256:1"})
	s, home := supply(t, Auto, b), t.TempDir()
	base, err := s.Minikube(t.Context(), home)
	require.NoError(t, err)
	assert.Equal(t, MinikubeImage, base)
	assert.Subset(t, b.contexts[MinikubeImage],
		[]string{"Dockerfile", "entrypoint", "containerd.toml", "volumes.mount", "units/cri-docker.service",
			"programs/crictl", "programs/cri-dockerd", "cni/ptp"})
	for _, file := range []string{"linux/amd64/v1.34.4/kubeadm", "linux/amd64/v1.34.4/kubelet",
		"linux/amd64/v1.34.4/kubectl", "images/amd64/registry.k8s.io/kube-apiserver_v1.34.4",
		"images/amd64/registry.k8s.io/coredns/coredns_v1.12.1",
		"images/amd64/registry.k8s.io/pause_3.10.1", "images/amd64/gcr.io/k8s-minikube/storage-provisioner_v5"} {
		assert.FileExists(t, filepath.Join(home, "cache", file))
	}
	assert.Contains(t, b.Lines(), "docker rmi --no-prune registry.k8s.io/kube-proxy:v1.34.4",
		"no name of others stays in the engine")

	before := len(b.Lines())
	require.NoError(t, s.fillCache(t.Context(), filepath.Join(home, "cache")))
	for _, line := range b.Lines()[before:] {
		assert.NotContains(t, line, "docker save", "what is saved is not saved again")
	}
	require.NoError(t, os.Remove(filepath.Join(home, "cache/images/amd64/registry.k8s.io/pause_3.10.1")))
	require.NoError(t, s.fillCache(t.Context(), filepath.Join(home, "cache")))
	assert.FileExists(t, filepath.Join(home, "cache/images/amd64/registry.k8s.io/pause_3.10.1"))
}
