package bench

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

// checkout is a repository of the project's own files that cases change.
func checkout(t *testing.T) (root string, names []string) {
	t.Helper()
	root, names = t.TempDir(), []string{"backend/app/main.py", "frontend/app/globals.css", "deploy/helm/todo-app/values.yaml"}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", "..", name))
		require.NoError(t, err)
		testkit.WriteFiles(t, root, map[string]string{name: string(text)})
	}
	require.NoError(t, os.Mkdir(filepath.Join(root, "docs"), 0o755))
	return root, names
}

func TestEveryChangeIsAnotherOne(t *testing.T) {
	t.Parallel()
	root, names := checkout(t)
	seen := map[string]bool{}
	for _, c := range cases[1:] {
		for n := range 3 * rounds {
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
	assert.Equal(t, 2, strings.Count(string(values), "memory: 128Mi"), "the frontend's and the database's stay")
}

func TestAllDeployTheSameSourcesAsOftenAndTheClusterIsRemoved(t *testing.T) {
	t.Parallel()
	for _, skaffold := range []string{"", "/skaffold"} {
		t.Run(skaffold, func(t *testing.T) {
			t.Parallel()
			root, names := checkout(t)
			before, err := os.ReadFile(filepath.Join(root, "backend/app/main.py"))
			require.NoError(t, err)
			var out strings.Builder
			fake := runner.NewFake(t, runner.Reply{Prefix: "git ls-files -z", Output: strings.Join(names, "\x00") + "\x00"})
			fake.Allow("/mage deploy", "/mage destroy", "/skaffold run --kube-context kind-todo-app-bench",
				filepath.Join(os.TempDir(), "todo-app-bench-"))
			b := Bench{Runner: fake, Report: report.Plain(&out), Root: root, Mage: "/mage", Cluster: "kind",
				Profile: "todo-app-bench", Skaffold: skaffold, Kind: "/kind"}
			require.NoError(t, b.Run(t.Context()))
			count := map[string]int{}
			for _, call := range fake.Calls() {
				count[filepath.Base(strings.Fields(call.Line)[0])+" "+strings.Join(strings.Fields(call.Line)[1:], " ")]++
			}
			want := map[string]int{"git ls-files -z": 1, "mage deploy": 2 + rounds*len(cases),
				"by-hand ": 1 + rounds*len(cases), "mage destroy": 3}
			if skaffold != "" {
				want["skaffold run --kube-context kind-todo-app-bench"] = 1 + rounds*len(cases)
			}
			assert.Equal(t, want, count)
			for _, c := range cases {
				assert.Contains(t, out.String(), c.name)
			}
			assert.Equal(t, skaffold != "", strings.Contains(out.String(), "skaffold"))
			plot, err := os.ReadFile(filepath.Join(root, "docs", "bench-kind.svg"))
			require.NoError(t, err)
			assert.NotContains(t, string(plot), "warm", "only one of them was timed")
			after, err := os.ReadFile(filepath.Join(root, "backend/app/main.py"))
			require.NoError(t, err)
			assert.Equal(t, string(before), string(after), "only a copy is changed")
		})
	}
}

func TestWhatSkaffoldLacksIsToldBeforeAClusterIsMade(t *testing.T) {
	t.Parallel()
	b := Bench{Runner: runner.NewFake(t), Report: report.Plain(io.Discard), Root: t.TempDir(), Mage: "/mage", Cluster: "kind",
		Profile: "todo-app-bench", Skaffold: "/skaffold"}
	assert.ErrorContains(t, b.Run(t.Context()), "go build -o kind sigs.k8s.io/kind")
}

func TestEachTimeStandsUnderItsContender(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for _, c := range []struct {
		took []time.Duration
		want []string
	}{
		{[]time.Duration{2 * s, 5 * s, 8 * s}, []string{"x", "2.0s", "5.0s", "2.5×", "8.0s", "4.0×"}},
		{[]time.Duration{2 * s, 0, 0}, []string{"x", "2.0s", "", "", "", ""}},
		{[]time.Duration{0, 0, 2 * s}, []string{"x", "", "", "", "2.0s", ""}},
	} {
		assert.Equal(t, c.want, result{"x", c.took}.row())
	}
}

func TestThePlotHasABarOfItsLengthForEachTime(t *testing.T) {
	t.Parallel()
	image := draw("Seconds on kind", []string{"deploy", "by hand"}, []result{
		{"nothing <changed>", []time.Duration{time.Second, 4 * time.Second}}, {"a line", []time.Duration{2 * time.Second, 3 * time.Second}}})
	var svg struct {
		Title string   `xml:"title"`
		Text  []string `xml:"text"`
		Rect  []struct {
			Class string `xml:"class,attr"`
			Width int    `xml:"width,attr"`
		} `xml:"rect"`
	}
	require.NoError(t, xml.Unmarshal(image, &svg), string(image))
	assert.Equal(t, "Seconds on kind", svg.Title)
	assert.Equal(t, []string{"Seconds on kind", "deploy", "by hand", "nothing <changed>", "1.0s", "4.0s", "a line", "2.0s", "3.0s"}, svg.Text)
	var bars []string
	for _, r := range svg.Rect[2:] {
		bars = append(bars, fmt.Sprintf("%s %d", r.Class, r.Width))
	}
	assert.Equal(t, []string{"c0 100", "c1 400", "c0 200", "c1 300"}, bars)
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
