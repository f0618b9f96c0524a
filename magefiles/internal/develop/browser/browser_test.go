package browser

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/develop/toolchain"
)

func TestOnlyChoosesTestFilesByTheirNames(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	folder := filepath.Join(root, "frontend", "tests", "e2e")
	for _, group := range []string{"alone", "ingress"} {
		require.NoError(t, os.MkdirAll(filepath.Join(folder, group), 0o755))
	}
	for _, name := range []string{"keyboard.test.mjs", "todos.test.mjs", "browser.mjs", "ingress/accounts.test.mjs", "alone/outage.test.mjs"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), nil, 0o600))
	}
	tests := Tests{Toolchain: toolchain.Toolchain{Root: root}, Artifacts: "/artifacts"}
	all, err := tests.files(nil)
	require.NoError(t, err)
	assert.Equal(t,
		[][]string{{"tests/e2e/keyboard.test.mjs", "tests/e2e/todos.test.mjs"}, {"tests/e2e/ingress/accounts.test.mjs"},
			{"tests/e2e/alone/outage.test.mjs"}},
		all)
	assert.Len(t, tests.Reports(), 3)
	tests.Elsewhere = true
	here, err := tests.files(nil)
	require.NoError(t, err)
	assert.Equal(t, [][]string{all[0], all[2]}, here, "what runs against a deployment is left out")
	assert.Len(t, tests.Reports(), 2)
	one, err := tests.files([]string{"todos"})
	require.NoError(t, err)
	assert.Equal(t, [][]string{{"tests/e2e/todos.test.mjs"}, nil}, one)
	_, err = tests.files([]string{"todo"})
	assert.EqualError(t, err,
		`choosing browser tests: there is no file "todo"; -only takes keyboard, todos, outage, divided by commas`)

	call := tests.command(tests.groups()[1], one[0], "/usr/bin/chromium", 8080, "http://127.0.0.1:9090")
	assert.Contains(t, call.Env, "E2E_BASE_URL=http://todo.local:8080")
	assert.Contains(t, call.Env, "E2E_RESOLVE=127.0.0.1")
	assert.Contains(t, call.Args, "--test-concurrency=1")
	assert.Equal(t, "tests/e2e/todos.test.mjs", call.Args[len(call.Args)-1])
}
