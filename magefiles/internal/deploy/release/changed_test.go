package release

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/deploy/inputs"
	"todo-app/magefiles/internal/runner"
)

// installed is a release that was just installed, and how it is.
func installed(t *testing.T) (Release, Status) {
	t.Helper()
	r, _ := releaseOf(t, absent)
	r.Kept = inputs.Store{Folder: t.TempDir()}
	_, err := r.Install(t.Context(), settings)
	require.NoError(t, err)
	var status Status
	status.Info.Description = mark(t, r)
	return r, status
}

func TestWhatHasChangedInChartAndSettingsIsNamed(t *testing.T) {
	t.Parallel()
	r, status := installed(t)
	changed, known, err := r.Changed(t.Context(), status, settings)
	require.NoError(t, err)
	assert.True(t, known)
	assert.Empty(t, changed)

	writeChart(t, r.Root, "templates/backend.yaml", "kind: DaemonSet\n")
	writeChart(t, r.Root, "values.yaml", "")
	other := settings
	other.Host, other.Images = "todo.localhost", images.Set{Backend: "todo-backend:b2", Frontend: "todo-frontend:f2"}
	other.Secrets = maps.Clone(settings.Secrets)
	other.Secrets["OPENAI_API_KEY"] = password
	other.Secrets["DATABASE_URL"] += "2"
	changed, _, err = r.Changed(t.Context(), status, other)
	require.NoError(t, err)
	assert.Equal(t, []string{"chart templates/backend.yaml changed", "chart values.yaml added",
		"value httpRoute.host changed", "value ingress.host changed",
		"setting DATABASE_URL changed", "setting OPENAI_API_KEY added"}, changed)
}

func TestARollbackServesTheRevisionThatItNames(t *testing.T) {
	t.Parallel()
	r, status := installed(t)
	history := `[{"revision": 1, "description": "` + status.Info.Description + `"},
		{"revision": 2, "description": "Upgrade failed"}, {"revision": 3, "description": "Rollback to 1"}]`
	r.Runner.(*runner.Fake).Expect(runner.Reply{Prefix: "helm history", Output: history})
	for _, description := range []string{"Rollback to 1", "Rollback to 3"} {
		status.Info.Description = description
		_, known, err := r.Changed(t.Context(), status, settings)
		require.NoError(t, err)
		assert.True(t, known, description)
	}
	status.Info.Description = "Rollback to 2"
	_, known, err := r.Changed(t.Context(), status, settings)
	require.NoError(t, err)
	assert.False(t, known, "of a revision that another run made nothing is known")
}
