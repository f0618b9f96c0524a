package cluster

import (
	"archive/tar"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

const (
	inspect  = "docker image inspect --format {{.Id}} todo-backend:1 postgres:15"
	inspect1 = "docker image inspect --format {{.Id}} todo-backend:1"
	save     = "docker save todo-backend:1 postgres:15"
	save1    = "docker save todo-backend:1"
	crictl   = "docker exec x-control-plane crictl images --output json"
	ctrList  = "docker exec x-control-plane ctr --namespace k8s.io images list"
	ctrLoad  = "docker exec --interactive x-control-plane ctr --namespace k8s.io images import -"
	contents = "docker exec x-control-plane ctr --namespace k8s.io content list --quiet"
	ctrHeads = "REF TYPE DIGEST SIZE PLATFORMS LABELS\n"
)

// engineHas answers with the IDs of both images that inspect asks for.
var engineHas = runner.Reply{Prefix: inspect, Output: "sha256:b\nsha256:p"}

// nodeHas is crictl's list with the configuration digests of both images.
func nodeHas(backend, postgres string, times int) runner.Reply {
	return runner.Reply{Prefix: crictl, Times: times, Output: `{"images":[
		{"id":"` + backend + `","repoTags":["docker.io/library/todo-backend:1"],
			"repoDigests":[],"size":"1","pinned":false},
		{"id":"` + postgres + `","repoTags":["docker.io/library/postgres:15"],
			"repoDigests":[],"size":"1","pinned":false}]}`}
}

// withContainerd is the node of a kind cluster, on a machine that answers with replies.
func withContainerd(t *testing.T, replies ...runner.Reply) (Node, *runner.Fake) {
	fake := runner.NewFake(t, replies...)
	return Node{Runner: fake, Container: "x-control-plane", Cluster: `kind cluster "x"`}, fake
}

// archived is an OCI layout with blobs of these names.
func archived(t *testing.T, digests ...string) string {
	var all strings.Builder
	out := tar.NewWriter(&all)
	for _, name := range append(digests, "index.json") {
		if name != "index.json" {
			name = "blobs/sha256/" + name
		}
		require.NoError(t, out.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: 2, Mode: 0o644}))
		_, err := out.Write([]byte("{}"))
		require.NoError(t, err)
	}
	require.NoError(t, out.Close())
	return all.String()
}

func TestLoadSendsOnlyWhatTheNodeLacks(t *testing.T) {
	t.Parallel()
	only := runner.Reply{Prefix: inspect1, Output: "sha256:b"}
	for name, tt := range map[string]struct {
		replies []runner.Reply
		loaded  []string
		calls   []string
		sent    []string // blobs: the node has 1 and 2
	}{
		"nothing when the node has both": {[]runner.Reply{engineHas, nodeHas("sha256:b", "sha256:p", 0)},
			nil, []string{inspect, crictl}, nil},
		"nothing when the node has them by their manifests": {
			[]runner.Reply{engineHas, {Prefix: crictl, Output: `{"images":[]}`},
				{Prefix: ctrList,
					Output: ctrHeads +
						"docker.io/library/todo-backend:1 application/x sha256:b 1 MiB linux/amd64 -\n" +
						"docker.io/library/postgres:15 application/x sha256:p 1 MiB linux/amd64 -"}},
			nil, []string{inspect, crictl, ctrList}, nil},
		"the one that it has under its name with another ID": {
			[]runner.Reply{engineHas, only, nodeHas("sha256:old", "sha256:p", 1), nodeHas("sha256:b", "sha256:p", 0)},
			[]string{"todo-backend:1"},
			[]string{inspect, crictl, ctrList, contents, save1, ctrLoad, inspect1, crictl},
			[]string{"3"}},
		"both in one stream to an empty node": {
			[]runner.Reply{engineHas, {Prefix: crictl, Output: `{}`, Times: 1}, nodeHas("sha256:b", "sha256:p", 0)},
			[]string{"todo-backend:1", "postgres:15"},
			[]string{inspect, crictl, ctrList, save, ctrLoad, inspect, crictl},
			[]string{"1", "2", "3"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, fake := withContainerd(t,
				append(tt.replies, runner.Reply{Prefix: contents, Output: "sha256:1\nsha256:2"},
					runner.Reply{Prefix: "docker save", Output: archived(t, "1", "2", "3")})...)
			fake.Allow(tt.calls...)
			loaded, err := n.Load(t.Context(), "todo-backend:1", "postgres:15")
			require.NoError(t, err)
			assert.Equal(t, tt.loaded, loaded)
			assert.ElementsMatch(t, tt.calls, fake.Lines(), "save and import run at the same time")
			for _, call := range fake.Calls() {
				if call.Line == ctrLoad {
					assert.True(t, call.Stdin == archived(t, tt.sent...), "what was sent")
				}
			}
		})
	}
}

func TestLoadTellsWhatWentWrong(t *testing.T) {
	t.Parallel()
	empty := runner.Reply{Prefix: crictl, Output: `{}`}
	earlier := runner.Reply{Prefix: crictl, Output: `{"images":[{"id":"sha256:old","repoTags":["docker.io/library/todo-backend:0"]}]}`}
	saved := runner.Reply{Prefix: save, Output: archived(t, "1")}
	for name, tt := range map[string]struct {
		replies []runner.Reply
		says    []string
	}{
		"an image is not in the engine": {
			[]runner.Reply{{Prefix: "docker image inspect", Fails: "No such image: todo-backend:1"}},
			[]string{"reading the images of the Docker Engine", "No such image"}},
		"the node cannot list its images": {[]runner.Reply{engineHas, {Prefix: crictl, Fails: "connection refused"}},
			[]string{`listing the images of the kind cluster "x"`}},
		"the node lists no JSON": {[]runner.Reply{engineHas, {Prefix: crictl, Output: "x"}},
			[]string{`listing the images of the kind cluster "x"`}},
		"the node cannot list the manifests": {[]runner.Reply{engineHas, earlier, {Prefix: ctrList, Fails: "connection refused"}},
			[]string{`listing the images of the kind cluster "x"`, "connection refused"}},
		"the node cannot list what it has": {[]runner.Reply{engineHas, earlier, {Prefix: contents, Fails: "connection refused"}},
			[]string{`loading images into the kind cluster "x"`, "listing what it has", "connection refused"}},
		"the import fails": {[]runner.Reply{engineHas, empty, saved, {Prefix: ctrLoad, Fails: "no space left"}},
			[]string{`loading images into the kind cluster "x"`, "no space left"}},
		"the engine sends no archive": {[]runner.Reply{engineHas, earlier, {Prefix: save, Output: "x"}},
			[]string{`loading images into the kind cluster "x"`, "reading an archive of images"}},
		"the import ends well but in vain": {[]runner.Reply{engineHas, empty, saved},
			[]string{"still lacks todo-backend:1, postgres:15", "docker exec x-control-plane df -h /var"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, fake := withContainerd(t, tt.replies...)
			fake.Allow(ctrList, contents, save, ctrLoad)
			_, err := n.Load(t.Context(), "todo-backend:1", "postgres:15")
			testkit.ErrorSays(t, err, tt.says...)
		})
	}
}
