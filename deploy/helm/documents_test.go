package chart_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// goTool runs a program that the go command builds from the module of that name under tools/, and returns what it
// prints, also where it exits with an error.
func goTool(t *testing.T, stdin, name string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	module := filepath.Join("..", "..", "tools", name, "go.mod")
	var out, diagnostics strings.Builder
	call := exec.CommandContext(t.Context(), "go", append([]string{"tool", "-modfile=" + module, name}, args...)...)
	call.Stdin, call.Stdout, call.Stderr = strings.NewReader(stdin), &out, &diagnostics
	err = call.Run()
	return out.String(), diagnostics.String(), err
}

func TestTheReadmeIsWrittenFromItsTemplateAndTheValues(t *testing.T) {
	t.Parallel()
	out, diagnostics, err := goTool(t, "", "helm-docs", "--chart-search-root="+folder, "--dry-run",
		"--sort-values-order=file", "--log-level=warning")
	require.NoError(t, err, diagnostics)
	require.Empty(t, diagnostics)
	out = strings.TrimSpace(out) + "\n"
	readme := filepath.Join(folder, "README.md")
	if *update {
		require.NoError(t, os.WriteFile(readme, []byte(out), 0o644))
	}
	expected, err := os.ReadFile(readme)
	require.NoError(t, err)
	assert.Equal(t, string(expected), out, "change README.md.gotmpl and values.yaml, then: go test ./deploy/helm -update")

	rows := regexp.MustCompile(`(?m)^\| (\w[\w.]*) \| .* \| (.*) \|$`).FindAllStringSubmatch(out, -1)
	require.Greater(t, len(rows), 60)
	for _, row := range rows[1:] {
		assert.NotEmpty(t, strings.TrimSpace(row[2]), "%s is not explained: # %s -- What it does.", row[1], row[1])
	}
}

func TestTheSchemaAndTheValuesHaveTheSameKeysAllTheWayDown(t *testing.T) {
	t.Parallel()
	var values, schema map[string]any
	for file, into := range map[string]*map[string]any{"values.yaml": &values, "values.schema.json": &schema} {
		text, err := os.ReadFile(filepath.Join(folder, file))
		require.NoError(t, err)
		require.NoError(t, yaml.Unmarshal(text, into))
	}
	delete(schema["properties"].(map[string]any), "global") // helm's own, with no default
	definitions := schema["definitions"].(map[string]any)
	var compare func(where string, values, schema map[string]any)
	compare = func(where string, values, schema map[string]any) {
		if name, is := schema["$ref"].(string); is {
			schema = definitions[strings.TrimPrefix(name, "#/definitions/")].(map[string]any)
		}
		properties, closed := schema["properties"].(map[string]any)
		if !closed || len(values) == 0 { // such as annotations, and what the Kubernetes API has parts of its own for
			return
		}
		assert.Equal(t, false, schema["additionalProperties"], "%s takes any key", where)
		for key := range properties {
			assert.Contains(t, values, key, "%s: the schema has it, the values have not", where)
		}
		for key, value := range values {
			if assert.Contains(t, properties, key, "%s: the values have it, the schema has not", where) {
				if inner, is := value.(map[string]any); is {
					compare(where+"."+key, inner, properties[key].(map[string]any))
				}
			}
		}
	}
	compare("values", values, schema)
}
