package deploy

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/deploy/cluster"
	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/deploy/inputs"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/deploy/release"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

const (
	onServer    = "kubectl --context c --namespace n exec --stdin statefulset/todo-app-postgres --container postgres -- "
	askRevision = onServer + "psql"
	dump        = onServer + "pg_dump"
	readAgain   = onServer + "pg_restore"
	askEmbedded = "kubectl --context c --namespace n --request-timeout 20s get statefulset todo-app-postgres"
)

// withKubectl is a running cluster whose kubectl is a fake.
type withKubectl struct {
	inState
	fake *runner.Fake
}

func (c withKubectl) Kubectl() kube.Kubectl {
	return kube.Kubectl{Runner: c.fake, Context: "c", Namespace: "n"}
}

// saving is a deployment whose sources have the migrations 0001 to 0008, and whose database answers as replies say.
func saving(t *testing.T, replies ...runner.Reply) *Deployment {
	t.Helper()
	root := t.TempDir()
	files := map[string]string{"env.py": ""}
	for n := range 8 {
		files[fmt.Sprintf("%04d_step.py", n+1)] = ""
	}
	testkit.WriteFiles(t, filepath.Join(root, "backend", "migrations", "versions"), files)
	fake := runner.NewFake(t, append(replies, runner.Reply{Prefix: askEmbedded, Output: "statefulset.apps/x"})...)
	return &Deployment{
		Config:  config.Config{Root: root, Cache: t.TempDir(), Cluster: "kind", Profile: "p", Namespace: "n"},
		Cluster: withKubectl{inState{&reachedBy{}, cluster.Running, true}, fake},
	}
}

func TestTheDatabaseIsSavedOnlyBeforeMigrations(t *testing.T) {
	t.Parallel()
	dumps := []runner.Reply{{Prefix: dump, Output: "PGDMP"}, {Prefix: readAgain}}
	for name, tt := range map[string]struct {
		revision runner.Reply
		saves    int
	}{
		"migrations come":         {runner.Reply{Prefix: askRevision, Output: "0007"}, 1},
		"none come":               {runner.Reply{Prefix: askRevision, Output: "0008"}, 0},
		"a newer release was in":  {runner.Reply{Prefix: askRevision, Output: "0009"}, 0},
		"there is no schema":      {runner.Reply{Prefix: askRevision, Fails: `relation "alembic_version" does not exist`}, 0},
		"the server is not there": {runner.Reply{Prefix: askRevision, Fails: "pods not found"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := saving(t, append(dumps, tt.revision)...)
			require.NoError(t, d.saveBeforeMigrations(t.Context(), release.Status{}))
			files, err := filepath.Glob(filepath.Join(d.Config.Cache, "backups", "kind-p-n-*.backup"))
			require.NoError(t, err)
			assert.Len(t, files, tt.saves)
		})
	}
}

func TestTheServerIsNotAskedWhereWhatIsInstalledHasTheSameMigrations(t *testing.T) {
	t.Parallel()
	const versions = "backend/migrations/versions/"
	for name, tt := range map[string]struct {
		change string // a file of the sources that is written after the release was built
		status string
		tag    string
		asked  bool
	}{
		"the same sources":        {},
		"another line":            {change: "backend/app/main.py"},
		"a new migration":         {change: versions + "0009_step.py", asked: true},
		"a changed migration":     {change: versions + "0008_step.py", asked: true},
		"an upgrade that failed":  {status: "failed", asked: true},
		"an image of others' own": {tag: "1", asked: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := saving(t, runner.Reply{Prefix: askRevision, Output: "0009"})
			testkit.WriteFiles(t, d.Config.Root,
				map[string]string{".dockerignore": "", "backend/Dockerfile": "", "frontend/Dockerfile": ""})
			engine := runner.NewFake(t, bases).Allow("docker image inspect")
			d.Images = images.Builder{Runner: engine, Root: d.Config.Root, Kept: inputs.Store{Folder: t.TempDir()}}
			set, err := d.Images.Current(t.Context())
			require.NoError(t, err)
			_, err = d.Images.Build(t.Context(), set)
			require.NoError(t, err)
			if tt.change != "" {
				testkit.WriteFiles(t, d.Config.Root, map[string]string{tt.change: "changed"})
			}
			var installed release.Status
			installed.Info.Status = cmp.Or(tt.status, "deployed")
			installed.Manifest = fmt.Sprintf("          image: \"todo-backend:%s\"\n", cmp.Or(tt.tag, images.Tag(set.Backend)))
			require.NoError(t, d.saveBeforeMigrations(t.Context(), installed))
			asked := slices.ContainsFunc(d.Cluster.(withKubectl).fake.Lines(),
				func(line string) bool { return strings.HasPrefix(line, askRevision) })
			assert.Equal(t, tt.asked, asked)
		})
	}
}

func TestAnUpgradeWithMigrationsWaitsForABackupThatSucceeds(t *testing.T) {
	t.Parallel()
	d := saving(t, runner.Reply{Prefix: askRevision, Output: "0007"}, runner.Reply{Prefix: dump, Fails: "no space left"})
	err := d.saveBeforeMigrations(t.Context(), release.Status{})
	require.ErrorContains(t, err, "no space left")
	assert.ErrorContains(t, err, "before the migrations from 0007 to 0008 (the app goes on as it is)")
}

func TestTheLastTenBackupsOfADeploymentAreKept(t *testing.T) {
	t.Parallel()
	d := saving(t, runner.Reply{Prefix: askRevision, Output: "0001"}, runner.Reply{Prefix: dump, Output: "PGDMP"},
		runner.Reply{Prefix: readAgain})
	folder := filepath.Join(d.Config.Cache, "backups")
	testkit.WriteFiles(t, folder, map[string]string{"kind-p-other-20200101-000000.backup": "another deployment's"})
	for n := range 12 {
		name := fmt.Sprintf("kind-p-n-202001%02d-000000.backup", n+1)
		testkit.WriteFiles(t, folder, map[string]string{name: "old"})
		then := time.Date(2020, 1, n+1, 0, 0, 0, 0, time.UTC)
		require.NoError(t, os.Chtimes(filepath.Join(folder, name), then, then))
	}
	require.NoError(t, d.saveBeforeMigrations(t.Context(), release.Status{}))
	files, err := filepath.Glob(filepath.Join(folder, "kind-p-n-*"))
	require.NoError(t, err)
	assert.Len(t, files, 10)
	assert.NoFileExists(t, filepath.Join(folder, "kind-p-n-20200103-000000.backup"))
	assert.FileExists(t, filepath.Join(folder, "kind-p-n-20200104-000000.backup"))
	assert.FileExists(t, filepath.Join(folder, "kind-p-other-20200101-000000.backup"))
}

func TestABackupIsOfferedBeforeTheClusterGoes(t *testing.T) {
	t.Parallel()
	works := []runner.Reply{{Prefix: dump, Output: "PGDMP"}, {Prefix: readAgain}}
	for name, tt := range map[string]struct {
		answer  string
		fails   error
		yes     bool
		replies []runner.Reply
		saves   int
		says    string
	}{
		"no":              {answer: "n", replies: works, saves: 1},
		"enter":           {answer: "", replies: works, saves: 1},
		"yes":             {answer: "y"},
		"nobody to ask":   {fails: report.ErrNobody},
		"TODO_YES":        {yes: true, fails: context.Canceled},
		"an external one": {replies: []runner.Reply{{Prefix: askEmbedded}}, fails: context.Canceled},
		"no API server":   {replies: []runner.Reply{{Prefix: askEmbedded, Fails: "refused"}}, fails: context.Canceled},
		"interrupted":     {fails: context.Canceled, says: "context canceled"},
		"a backup that fails": {answer: "n", replies: []runner.Reply{{Prefix: dump, Fails: "broken"}},
			says: "it stays, as backing up"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := saving(t, tt.replies...)
			d.Config.Yes = tt.yes
			var asked string
			err := d.offerBackup(t.Context(), func(_ context.Context, question string) (string, error) {
				asked = question
				return tt.answer, tt.fails
			})
			if tt.says == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tt.says)
			}
			if asked != "" {
				assert.Contains(t, asked, "TODO_YES=1 does not ask")
			}
			files, err := filepath.Glob(filepath.Join(d.Config.Root, "todo-app-*.backup"))
			require.NoError(t, err)
			assert.Len(t, files, tt.saves)
		})
	}
}
