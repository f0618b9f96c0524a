package minikube

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
)

const (
	mkImages = "docker exec --interactive x docker image ls --format {{.Repository}}:{{.Tag}}"
	mkSave   = "docker exec --interactive x docker save todo-backend:3 todo-backend:2 node:24-slim"
	mkAwake  = "docker exec --interactive x docker version"
	mkBring  = "docker exec --interactive x docker load --quiet"
	mkNew    = "minikube start --driver=docker"
)

// removed is a cluster that was just removed, whose node had images.
func removed(t *testing.T, replies ...runner.Reply) (*Cluster, *runner.Fake) {
	t.Helper()
	m, fake := onMinikube(t, 80, append(replies, mine, is("Running", "Running", "Configured", 0),
		runner.Reply{Prefix: mkImages,
			Output: "todo-backend:3\nother:1\ntodo-backend:2\nnode:24-slim\ntodo-backend:1\n<none>:<none>"},
		runner.Reply{Prefix: mkSave, Output: "the images"})...)
	m.Keep = []string{"todo-backend", "node"}
	require.NoError(t, m.Delete(t.Context()))
	return m, fake
}

func TestTheImagesOfARemovedNodeAreThoseOfTheNextOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var loaded string
		read := func(_ context.Context, c runner.Command) error {
			text, err := io.ReadAll(c.Stdin)
			loaded = string(text)
			return err
		}
		m, fake := removed(t, runner.Reply{Prefix: mkBring, Fails: "the engine restarts", Times: 1},
			runner.Reply{Prefix: mkBring, Does: read})
		assert.Contains(t, fake.Lines(), mkSave, "the newest of each name, and none of others'")
		fake.Allow(mkAwake)
		require.NoError(t, m.startNew(t.Context(), "--driver=docker"))
		assert.Equal(t, "the images", loaded)
		files, err := os.ReadDir(m.Cache)
		require.NoError(t, err)
		for _, file := range files {
			assert.NotContains(t, file.Name(), ".part")
		}
	})
}

func TestANewNodeStartsWithoutImagesThatCannotBeHad(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reply runner.Reply
		spoil func(m *Cluster) error
		tried bool
	}{
		"for none could be saved": {runner.Reply{Prefix: mkSave, Fails: "no space left"}, nil, false},
		"for the archive was cut short": {runner.Reply{Prefix: "-"},
			func(m *Cluster) error { return os.Truncate(m.archive().Paths[0], 3) }, false},
		"for the engine refuses them": {runner.Reply{Prefix: mkBring, Fails: "no space left"}, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m, fake := removed(t, tt.reply)
				if tt.spoil != nil {
					require.NoError(t, tt.spoil(m))
				}
				fake.Allow(mkAwake)
				require.NoError(t, m.startNew(t.Context(), "--driver=docker"))
				assert.Equal(t, tt.tried, slices.Contains(fake.Lines(), mkBring))
				whole, _ := m.archive().Whole()
				assert.False(t, whole, "it is not tried again")
			})
		})
	}
}

func TestANodeThatDoesNotStartGetsNoImages(t *testing.T) {
	t.Parallel()
	m, fake := removed(t, runner.Reply{Prefix: mkAwake, Does: runner.Hangs},
		runner.Reply{Prefix: mkNew, Does: func(context.Context, runner.Command) error { return errors.New("boom") }})
	require.ErrorContains(t, m.startNew(t.Context(), "--driver=docker"), "boom")
	assert.NotContains(t, fake.Lines(), mkBring)
}
