package backup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/runner"
)

// The calls, as they begin.
const (
	onCluster = "kubectl --context c --namespace n "
	look      = "kubectl --context c --namespace n --request-timeout 20s get statefulset todo-app-postgres"
	inServer  = onCluster + "exec --stdin statefulset/todo-app-postgres --container postgres -- "
	dump      = inServer + "pg_dump --username=todo --format=custom --no-owner --no-privileges todo"
	check     = inServer + "pg_restore --username=todo --file=/dev/null"
	drop      = inServer + "dropdb --username=todo --if-exists --force "
	create    = inServer + "createdb --username=todo --template=template0 todo_restored"
	read      = inServer + "pg_restore --username=todo --exit-on-error --single-transaction --no-owner --no-privileges " +
		"--dbname=todo_restored"
	ask     = inServer + "psql --username=todo --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=todo_restored"
	migrate = onCluster + "exec --stdin deployment/todo-app-backend --container backend -- sh -c DATABASE_URL="
	rename  = inServer + "psql --username=todo --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=postgres"
)

// embedded is a deployment's that has a database of its own.
var embedded = runner.Reply{Prefix: look, Output: "statefulset.apps/todo-app-postgres"}

func database(t *testing.T, replies ...runner.Reply) (Database, *runner.Fake) {
	t.Helper()
	fake := runner.NewFake(t, replies...)
	return Database{
		Kubectl: kube.Kubectl{Runner: fake, Context: "c", Namespace: "n"},
		Confirm: func(context.Context, bool) error { return nil },
		Bring:   func(context.Context, string) error { return nil },
	}, fake
}

func TestABackupIsThereInFullOrNotAtAll(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		replies []runner.Reply
		says    string
	}{
		"in full":         {[]runner.Reply{{Prefix: dump, Output: "PGDMP all"}, {Prefix: check}}, ""},
		"the dump fails":  {[]runner.Reply{{Prefix: dump, Output: "PGDMP", Fails: "connection lost"}}, "connection lost"},
		"the stream ends": {[]runner.Reply{{Prefix: dump, Output: "PG"}, {Prefix: check, Fails: "end of file"}}, "end of file"},
		"no server":       {[]runner.Reply{{Prefix: dump, Fails: "pods not found"}}, "pods not found"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, fake := database(t, append(tt.replies, embedded)...)
			folder := t.TempDir()
			path := filepath.Join(folder, "a.backup")
			_, err := d.Save(t.Context(), path)
			files, listed := os.ReadDir(folder)
			require.NoError(t, listed)
			if tt.says != "" {
				require.ErrorContains(t, err, tt.says)
				assert.ErrorContains(t, err, "backing up to "+path)
				assert.Empty(t, files)
				return
			}
			require.NoError(t, err)
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, "PGDMP all", string(text))
			assert.Len(t, files, 1)
			info, err := os.Stat(path)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it holds what accounts keep to themselves")
			assert.Equal(t, "PGDMP all", fake.Calls()[2].Stdin, "what was written is what is checked")
		})
	}
}

func TestABackupReplacesNoFile(t *testing.T) {
	t.Parallel()
	d, _ := database(t, embedded)
	path := filepath.Join(t.TempDir(), "a.backup")
	require.NoError(t, os.WriteFile(path, []byte("yesterday's"), 0o600))
	_, err := d.Save(t.Context(), path)
	require.ErrorContains(t, err, "it is there already")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "yesterday's", string(text))
}

func TestABackupOfAnExternalDatabaseIsLeftToItsOwnPrograms(t *testing.T) {
	t.Parallel()
	d, _ := database(t, runner.Reply{Prefix: look})
	_, err := d.Save(t.Context(), filepath.Join(t.TempDir(), "a.backup"))
	require.ErrorContains(t, err, `pg_dump --format=custom --no-owner --no-privileges --file=FILE "$DATABASE_URL"`)
	require.ErrorContains(t, err, "must not be older than its server")
}

// backupFile is one that is given to a restore.
func backupFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.backup")
	require.NoError(t, os.WriteFile(path, []byte("PGDMP all"), 0o600))
	return path
}

// fills are the replies to what makes a database of a file that is as it should be, beside the one in use.
func fills() []runner.Reply {
	ours := runner.Reply{Prefix: ask, Output: "t"}
	return []runner.Reply{embedded, {Prefix: drop}, {Prefix: create}, {Prefix: read}, ours, {Prefix: migrate}}
}

func TestARestoredDatabaseTakesTheOthersPlaceOnceItIsComplete(t *testing.T) {
	t.Parallel()
	busy := runner.Reply{Prefix: rename, Fails: `ERROR:  database "todo" is being accessed by other users`, Times: 2}
	d, fake := database(t, append(fills(), busy, runner.Reply{Prefix: rename})...)
	require.NoError(t, d.Restore(t.Context(), backupFile(t)))
	var order []string
	for _, call := range fake.Calls() {
		for name, prefix := range map[string]string{"create": create, "read": read, "ask": ask, "migrate": migrate,
			"rename": rename, "drop the replaced": drop + replaced, "drop the filled": drop + filled} {
			if strings.HasPrefix(call.Line, prefix) {
				order = append(order, name)
			}
		}
		if strings.HasPrefix(call.Line, read) {
			assert.Equal(t, "PGDMP all", call.Stdin)
		}
		if strings.HasPrefix(call.Line, rename) {
			assert.Contains(t, call.Line, "--single-transaction")
			assert.Contains(t, call.Stdin,
				"ALTER DATABASE todo RENAME TO todo_replaced;\nALTER DATABASE todo_restored RENAME TO todo;")
		}
	}
	want := "drop the filled, drop the replaced, create, read, ask, migrate, rename, rename, rename, drop the replaced"
	assert.Equal(t, want, strings.Join(order, ", "))
}

func TestAFileThatCannotBeRestoredChangesNothing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reply runner.Reply
		says  string
	}{
		"a broken or foreign file":    {runner.Reply{Prefix: read, Fails: "end of file"}, "it is no backup, or a part of one"},
		"another app's database":      {runner.Reply{Prefix: ask, Output: "f"}, "it holds another database than this app's"},
		"one that cannot be migrated": {runner.Reply{Prefix: migrate, Fails: "no such type"}, "no such type"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, fake := database(t, append([]runner.Reply{tt.reply}, fills()...)...) // no renaming is expected
			err := d.Restore(t.Context(), backupFile(t))
			require.ErrorContains(t, err, tt.says)
			require.ErrorContains(t, err, "(nothing is changed)")
			calls := fake.Calls()
			assert.Equal(t, drop+filled, calls[len(calls)-1].Line)
		})
	}
}

func TestNothingIsRestoredThatTheUserDoesNotWantOrHave(t *testing.T) {
	t.Parallel()
	d, _ := database(t, embedded)
	d.Confirm = func(context.Context, bool) error { return errors.New("it was not confirmed") }
	require.ErrorContains(t, d.Restore(t.Context(), backupFile(t)), "it was not confirmed")
	assert.ErrorContains(t, d.Restore(t.Context(), "nowhere.backup"), "there is no such file; `mage backup` writes one")
}

func TestARenamingThatFailsForAnotherReasonIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	d, fake := database(t, append(fills(), runner.Reply{Prefix: rename, Fails: "permission denied"})...)
	err := d.Restore(t.Context(), backupFile(t))
	require.ErrorContains(t, err, "permission denied")
	renamings := 0
	for _, call := range fake.Calls() {
		if strings.HasPrefix(call.Line, rename) {
			renamings++
		}
	}
	assert.Equal(t, 1, renamings)
}
