package chart_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// builtTool builds the program of the module of that name under tools/, and returns a function that gives its path.
func builtTool(name string) func() (string, error) {
	return sync.OnceValues(func() (string, error) {
		module := filepath.Join("..", "..", "tools", name, "go.mod")
		build := exec.Command("go", "tool", "-modfile="+module, "-n", name)
		var said strings.Builder // on a new machine, what it downloads
		build.Stderr = &said
		out, err := build.Output()
		if err != nil {
			return "", fmt.Errorf("building %s: %w: %s", name, err, &said)
		}
		return strings.TrimSpace(string(out)), nil
	})
}

var helmDocs, kubeScore = builtTool("helm-docs"), builtTool("kube-score")

// runTool runs a program and returns what it prints, also where it exits with an error.
func runTool(t *testing.T, built func() (string, error), stdin string, args ...string) (out, said string, err error) {
	t.Helper()
	program, err := built()
	require.NoError(t, err)
	var stdout, stderr strings.Builder
	call := exec.CommandContext(t.Context(), program, args...)
	call.Stdin, call.Stdout, call.Stderr = strings.NewReader(stdin), &stdout, &stderr
	err = call.Run()
	return stdout.String(), stderr.String(), err
}

func TestTheReadmeIsWrittenFromItsTemplateAndTheValues(t *testing.T) {
	t.Parallel()
	out, diagnostics, err := runTool(t, helmDocs, "", "--chart-search-root="+folder, "--dry-run",
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
