package internal

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// forbidden names for each top folder those that its packages and their tests may not import. Folders that are not
// listed are the ground, which imports none of these.
var forbidden = map[string][]string{
	"deploy":  {"offline", "develop", "session"},
	"offline": {"deploy", "develop", "session"},
	"develop": {"session"},
	"session": nil,
}

func TestTheWingsStayApart(t *testing.T) {
	t.Parallel()
	arrows := 0
	// Files are read here and not by `go list`, so that Go's cache of test results sees what this test depends on.
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		not, listed := forbidden[top(path)]
		if !listed {
			not = []string{"deploy", "offline", "develop", "session"}
		}
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if name, ok := strings.CutPrefix(name, "todo-app/magefiles/internal/"); ok {
				arrows++
				assert.NotContains(t, not, top(name), "%s imports %s", path, name)
			}
		}
		return nil
	}))
	assert.Greater(t, arrows, 50, "imports have been read")
}

// top is the first folder of a path.
func top(path string) string {
	first, _, _ := strings.Cut(filepath.ToSlash(path), "/")
	return first
}
