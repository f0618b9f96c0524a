package backup

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
)

// The calls that fill an external database, as they begin.
const (
	getBackend = onCluster + "--request-timeout 20s get deployment todo-app-backend -o json"
	startPod   = onCluster + "--request-timeout 20s apply --server-side"
	removePod  = onCluster + "--request-timeout 20s delete pod/todo-app-restore"
	waitPod    = onCluster + "wait pod/todo-app-restore --for=condition=Ready"
	inPod      = onCluster + "exec --stdin pod/todo-app-restore --container postgres -- pg_restore "
	whole      = inPod + "--file=/dev/null"
	list       = inPod + "--list"
	version    = inPod + "--data-only --schema=public --table=alembic_version --file=-"
	fill       = inPod + "--exit-on-error --single-transaction --no-owner --no-privileges --dbname=service=todo"
	inBackend  = onCluster + "exec --stdin deployment/todo-app-backend --container backend -- python -m app."
	makeEmpty  = inBackend + "restore empty 0008"
	bringUp    = inBackend + "migrate"
)

const backend = `{"spec": {"template": {"spec": {"securityContext": {"runAsUser": 1001}, "volumes": [{"name": "tmp"}],
	"containers": [{"name": "backend", "image": "todo-backend:b1", "env": [{"name": "DATABASE_URL"}],
		"securityContext": {"readOnlyRootFilesystem": true}, "volumeMounts": [{"name": "tmp"}]}]}}}}`

// external are the replies of a deployment whose database is another one, and empty.
func external() []runner.Reply {
	return []runner.Reply{{Prefix: look}, {Prefix: getBackend, Output: backend}, {Prefix: removePod}, {Prefix: startPod},
		{Prefix: waitPod}, {Prefix: onCluster + "--request-timeout 20s get -o json pods", Output: `{"items": []}`},
		{Prefix: whole}, {Prefix: list, Output: "215; 1259 16390 TABLE public todos todo"},
		{Prefix: version, Output: "COPY public.alembic_version (version_num) FROM stdin;\n0008\n\\.\n"},
		{Prefix: makeEmpty}, {Prefix: fill}, {Prefix: bringUp}}
}

// steps are the calls of fake that change or read a database, in their order, the last word of each.
func steps(fake *runner.Fake) (order []string) {
	for _, call := range fake.Calls() {
		for name, prefix := range map[string]string{"read": whole, "empty": makeEmpty, "fill": fill, "migrate": bringUp} {
			if strings.HasPrefix(call.Line, prefix) {
				order = append(order, name)
			}
		}
	}
	return order
}

func TestAnEmptyExternalDatabaseIsFilledOnceTheFileIsKnownToBeGood(t *testing.T) {
	t.Parallel()
	d, fake := database(t, external()...)
	var brought string
	d.Bring = func(_ context.Context, image string) error { brought = image; return nil }
	d.Confirm = func(_ context.Context, embedded bool) error { assert.False(t, embedded); return nil }
	require.NoError(t, d.Restore(t.Context(), backupFile(t)))
	assert.Equal(t, []string{"read", "empty", "fill", "migrate"}, steps(fake))
	assert.Equal(t, "postgres:15-bookworm", brought)
	calls := fake.Calls()
	assert.True(t, strings.HasPrefix(calls[len(calls)-1].Line, removePod), calls[len(calls)-1].Line)
	for _, call := range calls {
		if strings.HasPrefix(call.Line, fill) {
			assert.Equal(t, "PGDMP all", call.Stdin, "read from its beginning, after it was read before")
		}
	}
}

func TestAnExternalDatabaseStaysAsItIsOrIsEmptyAgain(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		reply runner.Reply
		says  []string
		steps []string
	}{
		"a broken file": {runner.Reply{Prefix: whole, Fails: "end of file"},
			[]string{"(nothing is changed): it is no backup, or a part of one", "end of file"}, []string{"read"}},
		"another app's": {runner.Reply{Prefix: list, Output: "215; 1259 16390 TABLE public orders me"},
			[]string{"(nothing is changed): it holds another database than this app's"}, []string{"read"}},
		"one without a revision": {runner.Reply{Prefix: version}, []string{"it holds another database"}, []string{"read"}},
		"a database in use": {runner.Reply{Prefix: makeEmpty, Fails: "it is not empty, but has todos"},
			[]string{"(nothing is changed)", "it is not empty, but has todos"}, []string{"read", "empty"}},
		"a filling that fails": {runner.Reply{Prefix: fill, Fails: "connection lost"},
			[]string{"(it is empty as before)", "connection lost"}, []string{"read", "empty", "fill", "migrate"}},
		"a migration that fails": {runner.Reply{Prefix: bringUp, Fails: "no such type"},
			[]string{"`mage deploy` migrates it", "no such type"}, []string{"read", "empty", "fill", "migrate"}},
		"a pod that does not start": {runner.Reply{Prefix: waitPod, Fails: "timed out"},
			[]string{"(nothing is changed)", "starting the pod todo-app-restore", "timed out"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, fake := database(t, append([]runner.Reply{tt.reply}, external()...)...)
			fake.Allow(onCluster + "--request-timeout 20s get ")
			err := d.Restore(t.Context(), backupFile(t))
			for _, text := range tt.says {
				require.ErrorContains(t, err, text)
			}
			assert.Equal(t, tt.steps, steps(fake))
			calls := fake.Calls()
			assert.True(t, strings.HasPrefix(calls[len(calls)-1].Line, removePod), calls[len(calls)-1].Line)
		})
	}
}

func TestTheHelpersPodIsTheBackendsWithPostgresInPlaceOfTheApp(t *testing.T) {
	t.Parallel()
	text, err := helperPod(backend)
	require.NoError(t, err)
	var pod struct {
		Spec struct {
			SecurityContext            map[string]any
			InitContainers, Containers []struct {
				Name, Image  string
				Command      []string
				VolumeMounts []struct{ Name string }
			}
			Volumes []struct{ Name string }
		}
	}
	require.NoError(t, json.Unmarshal(text, &pod))
	require.Len(t, pod.Spec.InitContainers, 1)
	require.Len(t, pod.Spec.Containers, 1)
	assert.Equal(t, "todo-backend:b1", pod.Spec.InitContainers[0].Image)
	assert.Equal(t, "python -m app.restore service /service/file", strings.Join(pod.Spec.InitContainers[0].Command, " "))
	assert.Len(t, pod.Spec.InitContainers[0].VolumeMounts, 2)
	assert.Equal(t, "postgres:15-bookworm", pod.Spec.Containers[0].Image)
	assert.Len(t, pod.Spec.Volumes, 2)
	assert.EqualValues(t, 1001, pod.Spec.SecurityContext["runAsUser"])
}

func TestTheSchemasRevisionIsRead(t *testing.T) {
	t.Parallel()
	const ask = inServer + "psql --username=todo --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=todo --tuples-only"
	d, _ := database(t, runner.Reply{Prefix: ask, Output: "0007\n", Times: 1},
		runner.Reply{Prefix: ask, Fails: `ERROR:  relation "alembic_version" does not exist`, Times: 1},
		runner.Reply{Prefix: ask, Fails: "pods not found"})
	revision, err := d.Revision(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "0007", revision)
	revision, err = d.Revision(t.Context())
	require.NoError(t, err)
	assert.Empty(t, revision)
	_, err = d.Revision(t.Context())
	assert.ErrorContains(t, err, "pods not found")
}
