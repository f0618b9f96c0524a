package bench

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

// checkout is a repository of the files that cases change.
func checkout(t *testing.T) (root string, names []string) {
	t.Helper()
	root = t.TempDir()
	files := map[string]string{
		"backend/app/main.py":      "app = 1\n",
		"frontend/app/globals.css": "a {}\n",
		"deploy/helm/todo-app/values.yaml": "backend:\n  resources:\n    requests: {cpu: 50m, memory: 128Mi}\n" +
			"frontend:\n  resources:\n    requests: {cpu: 50m, memory: 128Mi}\n",
	}
	testkit.WriteFiles(t, root, files)
	return root, slices.Collect(maps.Keys(files))
}

func TestEveryChangeIsAnotherOne(t *testing.T) {
	t.Parallel()
	root, names := checkout(t)
	seen := map[string]bool{}
	for _, c := range cases[1:] {
		for n := range 2 * rounds {
			require.NoError(t, c.make(root, n))
			var all strings.Builder
			for _, name := range names {
				text, err := os.ReadFile(filepath.Join(root, name))
				require.NoError(t, err)
				all.Write(text)
			}
			assert.False(t, seen[all.String()], "%s, %d", c.name, n)
			seen[all.String()] = true
		}
	}
	values, err := os.ReadFile(filepath.Join(root, "deploy/helm/todo-app/values.yaml"))
	require.NoError(t, err)
	assert.Equal(t, 1, strings.Count(string(values), "memory: 128Mi"), "the frontend's stays")
}

func TestBothDeployTheSameSourcesAsOftenAndTheClusterIsRemoved(t *testing.T) {
	t.Parallel()
	root, names := checkout(t)
	var out strings.Builder
	fake := runner.NewFake(t, runner.Reply{Prefix: "git ls-files -z", Output: strings.Join(names, "\x00") + "\x00"})
	fake.Allow("/mage deploy", "/mage destroy", filepath.Join(os.TempDir(), "todo-app-bench-"))
	b := Bench{Runner: fake, Report: report.Plain(&out), Root: root, Mage: "/mage", Cluster: "kind",
		Profile: "todo-app-bench"}
	require.NoError(t, b.Run(t.Context()))
	count := map[string]int{}
	for _, call := range fake.Calls() {
		count[filepath.Base(strings.Fields(call.Line)[0])+" "+strings.Join(strings.Fields(call.Line)[1:], " ")]++
	}
	assert.Equal(t,
		map[string]int{"git ls-files -z": 1, "mage deploy": 1 + rounds*len(cases), "by-hand ": 1 + rounds*len(cases),
			"mage destroy": 1}, count)
	for _, c := range cases {
		assert.Contains(t, out.String(), c.name)
	}
	untouched, err := os.ReadFile(filepath.Join(root, "backend/app/main.py"))
	require.NoError(t, err)
	assert.Equal(t, "app = 1\n", string(untouched), "only a copy is changed")
}

func TestADeploymentThatFailsEndsTheBenchmarkAndRemovesTheCluster(t *testing.T) {
	t.Parallel()
	root, names := checkout(t)
	fake := runner.NewFake(t, runner.Reply{Prefix: "git", Output: strings.Join(names, "\x00")},
		runner.Reply{Prefix: "/mage deploy", Fails: "boom"})
	fake.Allow("/mage destroy")
	b := Bench{Runner: fake, Report: report.Plain(&strings.Builder{}), Root: root, Mage: "/mage", Cluster: "kind",
		Profile: "todo-app-bench"}
	err := b.Run(context.WithoutCancel(t.Context()))
	require.ErrorContains(t, err, "deploying (deploy): ")
	assert.Contains(t, fake.Lines(), "/mage destroy")
}
