package deploy

import (
	"context"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/runner"
)

// does are the steps of a plan that do something.
func does(steps []Planned) map[string]string {
	all := map[string]string{}
	for _, s := range steps {
		if s.Does != "" {
			all[s.Step] = s.Does
		}
	}
	return all
}

// bases is an engine's answer that has both.
var bases = runner.Reply{Prefix: "docker image inspect --format {{.Os}}/{{.Architecture}} {{.Id}} ",
	Output: "linux/amd64 sha256:p\nlinux/amd64 sha256:n"}

func TestAPlanNamesWhatADeployWouldDo(t *testing.T) {
	t.Parallel()
	images := func(replies ...runner.Reply) []runner.Reply {
		return append(replies, runner.Reply{Prefix: "docker version"},
			runner.Reply{Prefix: "docker image inspect --format {{.Id}} todo-frontend"},
			runner.Reply{Prefix: "docker image inspect --format {{.Id}} todo-backend", Fails: "No such image"},
			bases, runner.Reply{Prefix: "docker image inspect"}, runner.Reply{Prefix: workloads, Output: `{"items": []}`})
	}
	for name, tt := range map[string]struct {
		state   cluster.State
		replies []runner.Reply
		want    map[string]string
	}{
		"no cluster, and no bases": {cluster.Absent,
			[]runner.Reply{{Prefix: "docker version"}, {Prefix: "docker image inspect", Fails: "No such image"}},
			map[string]string{"cluster": "creates the fake cluster", "build": "builds both images",
				"images": "brings them into the cluster", "ingress": "makes the ingress controller ready",
				"install": "installs the app, or finds it as it was", "verify": "uses the app as a visitor would"}},
		"a cluster without the app": {cluster.Running,
			images(runner.Reply{Prefix: revisions, Output: `{"items":[]}`}),
			map[string]string{"build": "builds backend TAG", "images": "brings them into the cluster",
				"ingress": "makes the ingress controller ready", "install": "installs the app",
				"verify": "uses the app as a visitor would"}},
		"another revision": {cluster.Running,
			images(installed(t, `{"version": 3, "info": {"status": "deployed"}}`)),
			map[string]string{"build": "builds backend TAG", "images": "brings them into the cluster",
				"install": "upgrades revision 3: chart (" + Change{}.String() + ")",
				"verify":  "uses the app as a visitor would"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _ := deploymentOf(t, runner.NewFake(t, tt.replies...))
			d.Cluster = fakeCluster{state: tt.state}
			steps, err := d.planned(t.Context())
			require.NoError(t, err)
			got := does(steps)
			if set, err := d.sources(t.Context()); err == nil {
				_, tag, _ := strings.Cut(set.Backend, ":")
				got["build"] = strings.Replace(got["build"], tag, "TAG", 1)
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestAPlanTellsTheTimesOfTheLastDeploy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, _ := deploymentOf(t, runner.NewFake(t))
		d.Config.Cache = t.TempDir()
		steps := func() []Planned {
			return []Planned{{Step: "build", Does: "builds it"}, {Step: "ingress"}, {Step: "verify", Does: "uses it"}}
		}
		assert.Contains(t, timed(steps(), d.times()).String(), "how long it takes is not known: no deploy has ended")

		for _, s := range []struct{ name, note string }{
			{"build", "built backend"}, {"verify", "page"}, {"ingress", "unchanged (Traefik)"},
		} {
			_ = d.Report.Run(t.Context(), s.name, func(context.Context) (string, error) {
				time.Sleep(2 * time.Second)
				return s.note, nil
			})
		}
		require.NoError(t, d.KeepTimes())
		text := timed(steps(), d.times()).String()
		assert.Contains(t, text, "about 6.0s, or less")
		assert.Contains(t, text, "nothing to do")

		d.Report.Forget()
		_ = d.Report.Run(t.Context(), "build", func(context.Context) (string, error) { return "unchanged (x)", nil })
		require.NoError(t, d.KeepTimes())
		assert.Equal(t, map[string]float64{"build": 2, "build idle": 0, "verify": 2, "ingress idle": 2}, d.times(),
			"what did nothing says nothing of what it takes to do it")

		plan := timed([]Planned{{Step: "cluster", Does: "creates"}, {Step: "build", Does: "builds"}}, d.times())
		assert.Contains(t, plan.String(), "about 2.0s, and what is not known yet: cluster")
		require.NoError(t, os.WriteFile(d.timesFile(), []byte("{"), 0o644))
		assert.Empty(t, d.times(), "a broken file is none")
	})
}
