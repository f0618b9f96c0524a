package deploy

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/deploy/ingress"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/deploy/release"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

func TestACurrentContextIsNamedAndConfirmed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer string
		err    error
		says   string
	}{
		"yes":         {"y", nil, ""},
		"yes in full": {"YES", nil, ""},
		"no":          {"n", nil, `using the cluster of the kube context "work": it was not confirmed`},
		"nothing":     {"", nil, "it was not confirmed"},
		"nobody is there": {"", report.ErrNobody,
			`using the cluster of the kube context "work": ` +
				`nobody has confirmed that it is the right one; set TODO_YES=1`},
		"Ctrl-C was struck": {"", errors.New("interrupted"), "interrupted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := ""
			err := confirm(`kube context "work"`, func(question string) (string, error) {
				asked = question
				return tt.answer, tt.err
			})
			assert.Contains(t, asked, `the kube context "work"`)
			testkit.ErrorSays(t, err, tt.says)
		})
	}
}

func TestARunInstallsWhatItBuiltWhateverIsEditedMeanwhile(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	testkit.WriteFiles(t, root,
		map[string]string{".dockerignore": "", "backend/Dockerfile": "", "frontend/Dockerfile": ""})
	docker := runner.NewFake(t, bases).Allow("docker version")
	run := func() *Deployment {
		return &Deployment{Images: images.Builder{Runner: docker, Root: root}}
	}
	s := run()
	before, err := s.sources(t.Context())
	require.NoError(t, err)
	testkit.WriteFiles(t, root, map[string]string{"backend/main.py": "edited"})
	after, err := s.sources(t.Context())
	require.NoError(t, err)
	assert.Equal(t, before, after)
	next, err := run().sources(t.Context())
	require.NoError(t, err)
	assert.NotEqual(t, before.Backend, next.Backend)
	assert.Equal(t, before.Frontend, next.Frontend)
}

func TestALookThatFailsIsLeftToTheInstall(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, runner.Reply{Prefix: revisions, Output: `{"items":[]}`, Times: 1},
		runner.Reply{Prefix: revisions, Fails: "connection refused"}).Allow("kubectl")
	d := &Deployment{Release: release.Release{Runner: fake, Kubectl: kube.Kubectl{Runner: fake, Context: "x", Namespace: "n"}}}
	require.NoError(t, d.Look(t.Context()))
	assert.NotNil(t, d.found)
	require.NoError(t, d.Look(t.Context()))
	assert.Nil(t, d.found, "what an earlier look has found is not taken for this one's")
}

func TestOnlyImagesThatAreThereAreBroughtToANewNode(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	testkit.WriteFiles(t, root, map[string]string{".dockerignore": "", "backend/Dockerfile": "", "frontend/Dockerfile": ""})
	docker := runner.NewFake(t, bases,
		runner.Reply{Prefix: "docker image inspect --format {{.Id}} todo-frontend:", Fails: "No such image"},
		runner.Reply{Prefix: "docker image inspect --format {{.Id}} postgres:15-bookworm", Fails: "No such image"},
	).Allow("docker image inspect")
	d := &Deployment{Images: images.Builder{Runner: docker, Root: root, Answers: new(sync.Map)}, Ingress: ingress.Traefik{}}
	there := d.ImagesThere(t.Context())
	require.Len(t, there, 2)
	assert.Equal(t, ingress.Image, there[0])
	assert.Contains(t, there[1], "todo-backend:")
	d.Images.Answers.Range(func(asked, _ any) bool {
		t.Errorf("%v is remembered, though the bases may change", asked)
		return false
	})
}
