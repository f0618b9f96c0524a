package owned

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/runner"
)

func TestAnObjectOfTheEngineIsProvenByItsLabel(t *testing.T) {
	t.Parallel()
	const call = `docker container ls --all --filter name=x --format {{.Names}} {{.Label "made"}}`
	for name, tt := range map[string]struct {
		reply runner.Reply
		found bool
		says  string
	}{
		"there is none":                {runner.Reply{}, false, ""},
		"a name that has a part of it": {runner.Reply{Output: "my-x us\nx2 us"}, false, ""},
		"one that is ours":             {runner.Reply{Output: "my-x \nx us"}, true, ""},
		"one without the label":        {runner.Reply{Output: "x "}, false, `the container "x" of the Docker Engine was not made by this deployment`},
		"one of somebody else":         {runner.Reply{Output: "x them"}, false, "choose another name with TODO_PROFILE, or, if nobody needs it and all that it holds, remove it yourself: `docker rm --force --volumes x`"},
		"an engine that cannot tell":   {runner.Reply{Fails: "Cannot connect"}, false, `looking for the container "x": `},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.reply.Prefix = call
			fake := runner.NewFake(t, tt.reply)
			found, err := Check(t.Context(), fake, Container, "x", "made", "us", "TODO_PROFILE")
			assert.Equal(t, tt.found, found)
			assert.Equal(t, []string{call}, fake.Lines())
			if tt.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.says)
			assert.Equal(t, tt.reply.Fails == "", IsForeign(err))
		})
	}
}

func TestAMarkerIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	m := Marker{Path: filepath.Join(t.TempDir(), "made-x"), What: `kind cluster "x"`}
	var read struct{ ID string }
	found, err := m.Read(&read)
	require.NoError(t, err)
	assert.False(t, found)
	require.NoError(t, m.Write(struct{ ID string }{"1"}))
	found, err = m.Read(&read)
	require.NoError(t, err)
	assert.True(t, found)
	assert.Equal(t, "1", read.ID)
	for _, broken := range []string{"", "{", "\x00\x00"} {
		require.NoError(t, os.WriteFile(m.Path, []byte(broken), 0o600))
		_, err = m.Read(&read)
		require.ErrorContains(t, err, `reading what is known of the kind cluster "x"`)
		assert.ErrorContains(t, err, "remove the file "+m.Path)
	}
	require.NoError(t, m.Remove())
	require.NoError(t, m.Remove(), "a second time")
}

// kubeconfigs writes files and returns their paths.
func kubeconfigs(t *testing.T, texts ...string) (paths []string) {
	t.Helper()
	for _, text := range texts {
		path := filepath.Join(t.TempDir(), "config")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		paths = append(paths, path)
	}
	return paths
}

func TestEntriesAreTheFirstOfTheirNameInAllFiles(t *testing.T) {
	t.Parallel()
	const first = "contexts: [{name: x, context: {cluster: x, user: x}}]\nclusters: [{name: y, cluster: {server: https://y}}]\n"
	const second = "contexts: [{name: x, context: {cluster: y, user: x}}]\nclusters: [{name: x, cluster: {server: https://x, certificate-authority: /ca}}]\nusers: [{name: x, user: {client-certificate: /c}}]\n"
	files := append([]string{filepath.Join(t.TempDir(), "absent")}, kubeconfigs(t, first, second)...)
	e, err := ReadEntries(files, "x")
	require.NoError(t, err)
	assert.Equal(
		t,
		Entries{
			Name:   "x",
			Server: "https://x",
			CA:     "/ca",
			Client: "/c",
			Kinds:  []string{"context", "cluster", "user"},
			Leads:  true,
		},
		e,
	)
	assert.ErrorContains(t, e.Foreign("why"),
		"`kubectl config delete-context x && kubectl config delete-cluster x && kubectl config delete-user x`")
	e, err = ReadEntries(kubeconfigs(t, second), "x")
	require.NoError(t, err)
	assert.False(t, e.Leads, "its context is of another cluster")
	_, err = ReadEntries(kubeconfigs(t, "contexts: ["), "x")
	assert.ErrorContains(t, err, "name another one with KUBECONFIG")
}

func TestEntriesTakeThePlaceOfThoseOfTheSameNamesAndAllElseStays(t *testing.T) {
	t.Parallel()
	entries := func(server string) string {
		return `{"contexts":[{"name":"x","context":{"cluster":"x","user":"x"}}],"current-context":"x",
			"clusters":[{"name":"x","cluster":{"server":"` + server + `"}}],"users":[{"name":"x","user":{"token":"t"}}]}`
	}
	const theirs = `{"current-context":"work","preferences":{"colors":true},"contexts":[{"name":"work","context":{"cluster":"c"}}],
		"clusters":[{"name":"x","cluster":{"server":"https://old"}},{"name":"c","cluster":{"server":"https://c"}}]}`
	file := kubeconfigs(t, theirs)[0]
	require.NoError(t, os.Chmod(file, 0o640))
	absent := filepath.Join(t.TempDir(), "folder", "config")
	for range 2 {
		require.NoError(t, WriteEntries([]string{absent + "2", file}, entries("https://new")))
		require.NoError(t, WriteEntries([]string{absent}, entries("https://new")))
	}
	for path, want := range map[string]string{
		file: `{"current-context":"work","preferences":{"colors":true},
			"contexts":[{"name":"work","context":{"cluster":"c"}},{"name":"x","context":{"cluster":"x","user":"x"}}],
			"clusters":[{"name":"c","cluster":{"server":"https://c"}},{"name":"x","cluster":{"server":"https://new"}}],
			"users":[{"name":"x","user":{"token":"t"}}]}`,
		absent: `{"apiVersion":"v1","kind":"Config","contexts":[{"name":"x","context":{"cluster":"x","user":"x"}}],
			"clusters":[{"name":"x","cluster":{"server":"https://new"}}],"users":[{"name":"x","user":{"token":"t"}}]}`,
	} {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.YAMLEq(t, want, string(text))
		assert.NoFileExists(t, path+".lock")
	}
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	broken := kubeconfigs(t, "contexts: [")[0]
	require.ErrorContains(t, WriteEntries([]string{broken}, entries("https://new")), "writing the kubeconfig "+broken)
	text, err := os.ReadFile(broken)
	require.NoError(t, err)
	assert.Equal(t, "contexts: [", string(text), "what cannot be read is left alone")
}

func TestWhatKeepsAKubeconfigFromBeingWrittenIsKnown(t *testing.T) {
	t.Parallel()
	present := kubeconfigs(t, "")[0]
	require.NoError(t, CheckWritable([]string{present}))
	absent := filepath.Join(t.TempDir(), "new", "folder", "config")
	require.NoError(t, CheckWritable([]string{absent}), "whoever writes it makes its folder")
	assert.NoDirExists(t, filepath.Dir(absent))
	left, err := filepath.Glob(filepath.Join(filepath.Dir(present), "*"))
	require.NoError(t, err)
	assert.Equal(t, []string{present}, left, "no trace is left")
	assert.ErrorContains(t, CheckWritable([]string{present + "/config"}), "nothing is made yet")
	assert.ErrorContains(t, CheckWritable(nil), "set KUBECONFIG to a file")
	synctest.Test(t, func(t *testing.T) {
		require.NoError(t, os.WriteFile(present+".lock", nil, 0o600))
		assert.ErrorContains(t, CheckWritable([]string{absent, present}), "`rm -f "+present+".lock`",
			"the file that exists is the one that is written")
	})
}

func TestAKubernetesObjectIsProvenByItsLabelOrItsMaker(t *testing.T) {
	t.Parallel()
	const applied = `{"manager":"todo-app","operation":"Apply","fieldsV1":{"f:rules":{}}}`
	for name, tt := range map[string]struct {
		metadata string
		want     bool
	}{
		"the label":                     {`{"labels":{"todo-app/made":"deploy"}}`, true},
		"applied by an earlier version": {`{"managedFields":[` + applied + `]}`, true},
		"and edited by hand":            {`{"managedFields":[` + applied + `,{"manager":"kubectl-edit","operation":"Update","fieldsV1":{"f:metadata":{"f:annotations":{}}}}]}`, true},
		"and has a status": {`{"managedFields":[` + applied + `,{"manager":"kube-controller-manager","operation":"Update",` +
			`"subresource":"status","fieldsV1":{"f:status":{"f:conditions":{"f:type":{}}}}}]}`, true},
		"made by helm":              {`{"managedFields":[{"manager":"helm","operation":"Update","fieldsV1":{"f:rules":{}}}]}`, false},
		"made by helm, and applied": {`{"managedFields":[{"manager":"helm","operation":"Update","fieldsV1":{"f:rules":{}}},` + applied + `]}`, false},
		"nothing known":             {`{}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var o Object
			require.NoError(t, json.Unmarshal([]byte(`{"metadata":`+tt.metadata+`}`), &o))
			assert.Equal(t, tt.want, o.Made())
		})
	}
}

func TestObjectsAreReadAloneAndInAList(t *testing.T) {
	t.Parallel()
	const one = `{"kind":"IngressClass","metadata":{"name":"nginx"},"spec":{"controller":"c"}}`
	for name, tt := range map[string]struct {
		output string
		want   int
		says   string
	}{
		"none": {"", 0, ""}, "one": {one, 1, ""}, "two": {`{"kind":"List","items":[` + one + "," + one + `]}`, 2, ""},
		"no JSON, which may hold a secret": {"hunter2", 0, "it is no JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			objects, err := Objects(
				t.Context(),
				kube.Kubectl{Runner: runner.NewFake(t, runner.Reply{Prefix: "kubectl", Output: tt.output})},
				"ingressclass/nginx",
			)
			require.Len(t, objects, tt.want)
			for _, o := range objects {
				assert.Equal(t, "c", o.Controller)
			}
			if tt.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.says)
			assert.NotContains(t, err.Error(), "hunter2")
		})
	}
}
