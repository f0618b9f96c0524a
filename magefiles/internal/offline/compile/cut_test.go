package compile

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

func TestACutReplacesOnePackageInACopyOfItsModule(t *testing.T) {
	t.Parallel()
	modules, root := t.TempDir(), t.TempDir()
	lego := filepath.Join(modules, "lego@v4.33.0")
	testkit.WriteFiles(t, lego, map[string]string{
		"go.mod":                   "module example.org/lego\n",
		"lego.go":                  "package lego\n",
		"lego_test.go":             "package lego\n",
		"testdata/large.json":      "{}",
		"providers/dns/all.go":     "package dns\n\nimport _ \"example.org/lego/providers/dns/aws\"\n",
		"providers/dns/aws/aws.go": "package aws\n",
	})
	testkit.WriteFiles(t, filepath.Join(root, "tools", "traefik"), map[string]string{
		"go.mod":          "module todo-app/tools/traefik\n",
		"go.sum":          "",
		"without/none.go": "package dns\n",
	})
	fake := runner.NewFake(t,
		runner.Reply{Prefix: "go -C", Output: `{"Path": "example.org/lego", "Dir": "` + lego + `"}`, Times: 1})
	fake.Allow("go mod edit", "go -C")
	tools := New(fake, root, t.TempDir())
	p := Program{Name: "traefik", Module: "traefik", Packages: []string{"example.org/traefik"}, Without: []Cut{
		{Module: "example.org/lego", Dir: "providers/dns", Stub: "without"},
	}}
	_, err := tools.download(t.Context(), p)
	require.NoError(t, err)

	folder := filepath.Join(tools.cache, "cut", "traefik")
	copied := filepath.Join(folder, "example.org", "lego")
	assert.Equal(t, []string{
		"go -C " + filepath.Join(root, "tools", "traefik") + " mod download -json example.org/lego",
		"go mod edit -replace=example.org/lego=" + copied + " " + filepath.Join(folder, "go.mod"),
		"go -C " + filepath.Join(root, "tools", "traefik") + " list -modfile=" + filepath.Join(folder, "go.mod") +
			" -trimpath -deps -f {{if .Stale}}{{.ImportPath}}{{end}} example.org/traefik",
	}, fake.Lines())
	assert.FileExists(t, filepath.Join(copied, "lego.go"))
	assert.NoFileExists(t, filepath.Join(copied, "lego_test.go"))
	assert.NoDirExists(t, filepath.Join(copied, "testdata"))
	assert.NoFileExists(t, filepath.Join(copied, "providers", "dns", "all.go"))
	assert.FileExists(t, filepath.Join(copied, "providers", "dns", "none.go"))
	committed, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	require.NoError(t, err)
	assert.Equal(t, "module todo-app/tools/traefik\n", string(committed))
}
