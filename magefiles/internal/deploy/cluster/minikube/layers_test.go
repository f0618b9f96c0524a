package minikube

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

var (
	ofKicbase = runner.Reply{Prefix: mkOwn, Output: "kicbase:1"}
	version   = runner.Reply{Prefix: mkVersion, Output: "v1.38.1"}
	hasNew    = runner.Reply{Prefix: mkEmpty, Output: "new"}
	haveKept  = runner.Reply{Prefix: mkLayers, Output: "todo-app-node-layers kicbase:1 v1.38.1"}
	where     = runner.Reply{Prefix: mkWhere, Output: "/volumes/todo-app-node-layers/_data"}
	running   = is("Running", "Running", "Configured", 0)
)

func TestWhatANodesEngineHasIsKeptBeforeItIsRemoved(t *testing.T) {
	t.Parallel()
	other := runner.Reply{Prefix: mkLayers, Output: "todo-app-node-layers kicbase:1 v1.37.0"}
	foreign := runner.Reply{Prefix: mkLayers, Output: "todo-app-node-layers "}
	for name, tt := range map[string]struct {
		replies []runner.Reply
		calls   []string // after the question what the node has, before its removal
		says    string
	}{
		"the first":      {[]runner.Reply{hasNew}, []string{mkLayers, mkKept, mkWhere, mkOut}, ""},
		"one more":       {[]runner.Reply{hasNew, haveKept}, []string{mkLayers, mkKept, mkWhere, mkOut}, ""},
		"nothing new":    {nil, nil, ""},
		"another node's": {[]runner.Reply{hasNew, other}, []string{mkLayers, mkDrop, mkKept, mkWhere, mkOut}, ""},
		"no room": {[]runner.Reply{hasNew, {Prefix: mkOut, Output: "the engine's disk has 900 MB left"}},
			[]string{mkLayers, mkKept, mkWhere, mkOut}, "are not kept for the next one: the engine's disk has 900 MB left"},
		"volumes elsewhere": {[]runner.Reply{hasNew, {Prefix: mkWhere, Output: "/mnt/nfs"}},
			[]string{mkLayers, mkKept, mkWhere}, `the volume "todo-app-node-layers" is at /mnt/nfs`},
		"somebody's volume of the name": {[]runner.Reply{hasNew, foreign}, []string{mkLayers},
			"it lacks the label todo-app.node"},
		"a node that does not answer": {[]runner.Reply{{Prefix: mkEmpty, Fails: "is not running"}}, nil, "is not running"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, fake := onMinikube(t, 80, append(append([]runner.Reply{mine, running, ofKicbase, version}, tt.replies...), where)...)
			fake.Allow(mkEmpty, mkDrop, mkKept, mkOut)
			var out strings.Builder
			require.NoError(t, report.Plain(&out).Run(t.Context(), "destroy", func(ctx context.Context) (string, error) {
				return "", m.Delete(ctx)
			}))
			want := append(append([]string{statusCall, mkOwn, mkVersion, mkEmpty}, tt.calls...), mkDelete)
			got := fake.Lines()
			require.Len(t, got, len(want), got)
			for i, call := range got {
				assert.True(t, strings.HasPrefix(call, want[i]), "%s\nis not %s", call, want[i])
			}
			assert.Contains(t, out.String(), tt.says)
		})
	}
}

func TestANewNodeBeginsWithWhatIsKept(t *testing.T) {
	t.Parallel()
	filled := runner.Reply{Prefix: mkIn, Output: "filled"}
	for name, tt := range map[string]struct {
		base    string
		replies []runner.Reply
		filled  bool
		dropped bool
	}{
		"by a node of its own image":     {"kicbase:1", []runner.Reply{haveKept, filled, version}, true, false},
		"by one of minikube's own image": {"", []runner.Reply{haveKept, filled, version}, true, false},
		"of another image":               {"kicbase:2", []runner.Reply{haveKept, version}, false, false},
		"of another minikube":            {"", []runner.Reply{haveKept, {Prefix: mkVersion, Output: "v1.39.0"}}, false, false},
		"what is kept cannot be copied":  {"", []runner.Reply{haveKept, version, {Prefix: mkIn, Fails: "exit status 1"}}, false, true},
		"what is kept is broken":         {"", []runner.Reply{haveKept, version, {Prefix: mkIn, Output: "a file is not as it was kept"}}, false, true},
		"nothing is kept":                {"", nil, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, fake := onMinikube(t, testkit.FreePort(t), append(tt.replies, where)...)
			fake.Allow("minikube start --driver=docker", mkDrop)
			m.Base = func(ctx context.Context) (string, error) { return tt.base, nil }
			_, err := m.Ensure(t.Context())
			require.NoError(t, err)
			calls := strings.Join(fake.Lines(), "\n")
			assert.Equal(t, tt.filled || tt.base != "", strings.Contains(calls, noPreload), "without minikube's own archive of images")
			assert.Equal(t, tt.dropped, strings.Contains(calls, mkDrop))
		})
	}
}

func TestWhatIsKeptGoesWhereTheNodeMadeOfItDoesNotStart(t *testing.T) {
	t.Parallel()
	m, fake := onMinikube(t, testkit.FreePort(t), haveKept, version, where, runner.Reply{Prefix: mkIn, Output: "filled"},
		runner.Reply{Prefix: "minikube start", Fails: "X Exiting due to RUNTIME_ENABLE"})
	fake.Allow(mkDrop)
	_, err := m.Ensure(t.Context())
	require.ErrorContains(t, err, "RUNTIME_ENABLE")
	assert.Contains(t, fake.Lines(), mkDrop)
}

// TestLayersAreCopiedWholeOrNotAtAll runs the scripts that a container runs, on folders.
func TestLayersAreCopiedWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the scripts run in a container, with GNU's find, diff and df")
	}
	const layer = "layers/docker/overlay2/abc/diff/app.js"
	for name, damage := range map[string]func(t *testing.T, path string){
		"whole": nil,
		"cut":   func(t *testing.T, path string) { require.NoError(t, os.Truncate(path, 3)) },
		"noise": func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(path, []byte("n0ise and noise"), 0o644))
		},
		"gone": func(t *testing.T, path string) { require.NoError(t, os.Remove(path)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			removed, folder, next := t.TempDir(), t.TempDir(), t.TempDir()
			testkit.WriteFiles(t, removed, map[string]string{
				"lib/docker/image/overlay2/repositories.json": "{}", "lib/docker/overlay2/abc/diff/app.js": "a layer's text,",
				"lib/docker/buildkit/cache.db": "b", "lib/docker/containers/1/config.json": "no part of it",
			})
			testkit.WriteFiles(t, folder, map[string]string{"part.abcdef/left": "by an interrupted run", "layers/docker/old": "x"})
			_, err := script(copyOut, removed, folder)
			require.NoError(t, err)
			assert.NoDirExists(t, filepath.Join(folder, "part.abcdef"))
			if damage != nil {
				damage(t, filepath.Join(folder, layer))
			}
			require.NoError(t, os.Mkdir(filepath.Join(next, "lib"), 0o755))
			said, err := script(copyIn, next, folder)
			require.NoError(t, err, said)
			if damage != nil {
				assert.Contains(t, said, "a file is not as it was kept: overlay2/abc/diff/app.js")
				assert.NoDirExists(t, filepath.Join(next, "lib/docker"))
				return
			}
			assert.Equal(t, "filled\n", said)
			text, err := os.ReadFile(filepath.Join(next, "lib/docker/overlay2/abc/diff/app.js"))
			require.NoError(t, err)
			assert.Equal(t, "a layer's text,", string(text))
			assert.NoDirExists(t, filepath.Join(next, "lib/docker/containers"))
			assert.NoFileExists(t, filepath.Join(next, "lib/docker/old"))
		})
	}
}

// TestANodeDoesNotChangeWhatIsKeptForTheNext: a node that uses a layer writes its mark anew, and a build writes into the
// folder of a RUN --mount=type=cache.
func TestANodeDoesNotChangeWhatIsKeptForTheNext(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the scripts run in a container, with GNU's find, diff and df")
	}
	kept, nodes := t.TempDir(), []string{t.TempDir(), t.TempDir(), t.TempDir()}
	testkit.WriteFiles(t, nodes[0], map[string]string{
		"lib/docker/image/a": "", "lib/docker/buildkit/cache.db": "b",
		"lib/docker/overlay2/layer/diff/app.js": "text", "lib/docker/overlay2/layer/committed": "",
		"lib/docker/overlay2/cache/diff/index": "a cache",
	})
	said, err := script(copyOut, nodes[0], kept)
	require.NoError(t, err, said)
	for i, node := range nodes {
		if i > 0 {
			require.NoError(t, os.Mkdir(filepath.Join(node, "lib"), 0o755))
			said, err := script(copyIn, node, kept)
			require.NoError(t, err)
			require.Equal(t, "filled\n", said)
		}
		testkit.WriteFiles(t, node, map[string]string{
			"lib/docker/buildkit/cache.db": "other", "lib/docker/overlay2/layer/committed": "",
			"lib/docker/overlay2/cache/diff/index": "other",
		})
	}
	of := func(folder, name string) os.FileInfo {
		info, err := os.Stat(filepath.Join(folder, name))
		require.NoError(t, err)
		return info
	}
	assert.True(t, os.SameFile(of(nodes[1], "lib/docker/overlay2/layer/diff/app.js"),
		of(kept, "layers/docker/overlay2/layer/diff/app.js")), "what does not change takes no room twice")
}

// script runs one of the scripts on two folders, on a disk that may be fuller than a user's.
func script(text, node, kept string) (string, error) {
	cmd := exec.Command("sh", "-c", strings.ReplaceAll(text, "10000", "0"))
	cmd.Env = append(os.Environ(), "NODE="+node, "KEPT="+kept)
	out, err := cmd.CombinedOutput()
	return string(out), err
}
