package chart_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files from what the chart renders now")

// generated matches the values that are new in every rendering.
var generated = regexp.MustCompile(`(?m)^(  (?:POSTGRES_PASSWORD|DATABASE_URL): ).*$`)

// blank matches the empty lines after a resource, of which helm's releases leave different numbers.
var blank = regexp.MustCompile(`\n+(---\n|\z)`)

// steady is a rendering without what differs from one to the next.
func steady(rendered string) string {
	return blank.ReplaceAllString(generated.ReplaceAllString(rendered, "${1}GENERATED"), "\n$1")
}

func TestRenderedTemplatesAreTheGoldenOnes(t *testing.T) {
	t.Parallel()
	for name, file := range variants(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, diagnostics, err := template(t, "--values="+file)
			require.NoError(t, err, diagnostics)
			rendered := steady(out)
			golden := filepath.Join("testdata", "golden", name+".yaml")
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(rendered), 0o644))
			}
			expected, err := os.ReadFile(golden)
			require.NoError(t, err, "write it with: go test ./deploy/helm -update")
			assert.Equal(t, steady(string(expected)), rendered, "if that is meant: go test ./deploy/helm -update")
		})
	}
}

func TestEveryGoldenFileHasAVariant(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "golden", "*.yaml"))
	require.NoError(t, err)
	for _, file := range files {
		assert.Contains(t, variants(t), strings.TrimSuffix(filepath.Base(file), ".yaml"), "%s is left over", file)
	}
}
