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
	module := "go -C " + filepath.Join(root, "tools", "traefik")
	fake := runner.NewFake(t, runner.Reply{Prefix: module + " list -m ", Output: "example.org/lego " + lego})
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
		module + " mod download example.org/lego",
		module + " list -m -f {{.Path}} {{.Dir}} example.org/lego",
		"go mod edit -replace=example.org/lego=" + copied + " " + filepath.Join(folder, "go.mod"),
		module + " list -modfile=" + filepath.Join(folder, "go.mod") +
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

func TestAModuleThatIsReplacedIsFoundByItsOwnPath(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	testkit.WriteFiles(t, root, map[string]string{
		"go.mod": "module example.org/root\n\nrequire example.org/one v1.0.0\n\n" +
			"replace example.org/one => ./other\n",
		"other/go.mod": "module example.org/other\n",
	})
	folders, err := New(runner.Exec{}, root, t.TempDir()).Modules(t.Context(), root, "example.org/one")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"example.org/one": filepath.Join(root, "other")}, folders)
}
