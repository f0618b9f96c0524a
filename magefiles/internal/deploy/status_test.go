package deploy

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/deploy/inputs"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/deploy/release"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

// fakeCluster is in a state, and cannot be reached.
type fakeCluster struct {
	cluster.Provider
	state cluster.State
}

func (c fakeCluster) Name() string                                 { return "fake cluster" }
func (c fakeCluster) Answers(context.Context) bool                 { return true }
func (c fakeCluster) CheckOwned() error                            { return nil }
func (c fakeCluster) State(context.Context) (cluster.State, error) { return c.state, nil }
func (c fakeCluster) Addresses(context.Context, address.Forward) ([]address.Candidate, error) {
	return nil, errors.New("no address")
}

// deploymentOf is a deployment of small sources whose programs answer as fake says, and what it prints.
func deploymentOf(t *testing.T, fake *runner.Fake) (*Deployment, *bytes.Buffer) {
	t.Helper()
	root, out, kept := t.TempDir(), &bytes.Buffer{}, inputs.Store{Folder: t.TempDir()}
	testkit.WriteFiles(t, root, map[string]string{".dockerignore": "", "backend/Dockerfile": "",
		"frontend/Dockerfile":              "",
		"deploy/helm/todo-app/values.yaml": ""})
	d := &Deployment{
		Config: config.Config{Root: root, Host: "todo.local", Secrets: config.Secrets{}, Cache: t.TempDir()},
		Report: report.Plain(out),
		Runner: fake, Cluster: fakeCluster{state: cluster.Running},
		Images: images.Builder{Runner: fake, Root: root, Kept: kept},
	}
	kubectl := kube.Kubectl{Runner: fake, Context: "x", Namespace: "n"}
	d.Release = release.Release{Runner: fake, Root: root, Kept: kept, Kubectl: kubectl}
	d.Address = &address.Finder{Host: "todo.local", Cluster: d.Cluster, App: d.Release}
	return d, out
}

const (
	onCluster = "kubectl --context x --namespace n --request-timeout 20s "
	workloads = onCluster + "get -o json deployments,statefulsets"
	revisions = onCluster + "get -o json secrets --selector owner=helm,name=todo-app"
)

// installed answers as a cluster with one revision of the release, in JSON.
func installed(t *testing.T, revision string) runner.Reply {
	t.Helper()
	return runner.Reply{Prefix: revisions, Output: testkit.HelmKeeps(t, map[int]string{1: revision})}
}

func TestStatusNamesTheFilesThatHaveChanged(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, bases).Allow("docker version", "docker image inspect")
	d, out := deploymentOf(t, fake)
	set, err := d.sources(t.Context())
	require.NoError(t, err)
	_, err = d.Images.Build(t.Context(), set)
	require.NoError(t, err)
	testkit.WriteFiles(t, d.Config.Root, map[string]string{"backend/app/main.py": "new"})
	d.seen = images.Set{} // another run
	fake.Expect(
		installed(t, `{"version": 3, "info": {"status": "deployed", "description": "mage deploy 1"}}`),
		runner.Reply{Prefix: onCluster + "get secret ", Output: `{"data": {"OPENAI_MODEL": "bQ=="}}`},
		runner.Reply{Prefix: workloads, Output: `{"items": [{"metadata": {"name": "todo-app-backend"},
			"spec": {"replicas": 1, "template": {"spec": {"containers": [{"image": "` + set.Backend + `"}]}}},
			"status": {"readyReplicas": 1}}]}`})
	require.NoError(t, d.Status(t.Context()))
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		"release todo-app deployed, revision 3", "workload todo-app-backend 1 of 1 ready, " + set.Backend,
		"changed todo-backend backend/app/main.py added", "changed chart it is not known here what it was made of",
		"url todo.local nothing answers",
	} {
		assert.Contains(t, text, want)
	}

	require.NoError(t, d.Release.Kept.Keep("release-1", inputs.List{}))
	s, err := d.ReadStatus(t.Context())
	require.NoError(t, err)
	require.Len(t, s.Changes, 2)
	assert.True(t, s.Changes[1].Known)
	assert.Contains(t, s.Changes[1].Files, "chart values.yaml added")
	assert.Contains(t, s.Changes[1].Files, "setting OPENAI_MODEL gone")
}

func TestStatusOfWhatIsNotThereAsksForNothingMore(t *testing.T) {
	t.Parallel()
	d, out := deploymentOf(t, runner.NewFake(t))
	d.Cluster = fakeCluster{state: cluster.Stopped}
	require.NoError(t, d.Status(t.Context()))
	assert.Contains(t, out.String(), "stopped")

	d, out = deploymentOf(t, runner.NewFake(t, runner.Reply{Prefix: revisions, Output: `{"items":[]}`}))
	require.NoError(t, d.Status(t.Context()))
	assert.Contains(t, out.String(), "not installed: `mage deploy`")
}

func TestManyChangesAreCountedAndNotListed(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]Change{
		"a changed, b gone":      {Known: true, Files: []string{"a changed", "b gone"}},
		"1, 2, 3, 4, and 2 more": {Known: true, Files: []string{"1", "2", "3", "4", "5", "6"}},
		"it is not known here what it was made of; `mage deploy` compares it": {},
	} {
		assert.Equal(t, want, c.String())
	}
}
