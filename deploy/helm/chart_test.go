// Package chart_test checks what the chart renders, with the helm program itself. No cluster is needed.
package chart_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// folder is the chart's.
const folder = "todo-app"

// helmProgram is the helm to test with: $HELM, else the one in PATH.
var helmProgram = sync.OnceValues(func() (string, error) {
	if program := os.Getenv("HELM"); program != "" {
		return exec.LookPath(program)
	}
	return exec.LookPath("helm")
})

// helm runs the program away from any cluster and from the user's own configuration.
func helm(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	program, err := helmProgram()
	require.NoError(t, err, "the chart's tests need helm: put it in PATH, or name it in $HELM")
	home := t.TempDir()
	command := exec.CommandContext(t.Context(), program, args...)
	command.Env = append(os.Environ(), "HELM_CONFIG_HOME="+home, "HELM_CACHE_HOME="+home, "HELM_DATA_HOME="+home,
		"KUBECONFIG="+os.DevNull)
	var out, diagnostics bytes.Buffer
	command.Stdout, command.Stderr = &out, &diagnostics
	err = command.Run()
	return out.String(), diagnostics.String(), err
}

// template renders the release todo-app in the namespace todo, with further arguments such as --set.
func template(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	return helm(t, append([]string{"template", "todo-app", folder, "--namespace=todo"}, args...)...)
}

// manifest is one rendered resource: the parts every kind has, and the whole of it.
type manifest struct {
	Kind     string
	Metadata struct {
		Name, Namespace     string
		Labels, Annotations map[string]string
	}
	Data map[string]string
	text string
}

// into decodes the manifest's field of that name.
func (m manifest) into(t *testing.T, field string, value any) {
	t.Helper()
	var fields map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(m.text), &fields))
	part, err := yaml.Marshal(fields[field])
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(part, value), "%s of %s %s", field, m.Kind, m.Metadata.Name)
}

// manifests is all that one rendering gave.
type manifests []manifest

// renderings keeps what helm gave for the same arguments, because helm is what the tests wait for.
var renderings sync.Map

// render gives the resources for further arguments such as --set.
func render(t *testing.T, args ...string) manifests {
	t.Helper()
	key := strings.Join(args, " ")
	out, found := renderings.Load(key)
	if !found {
		var diagnostics string
		var err error
		out, diagnostics, err = template(t, args...)
		require.NoError(t, err, diagnostics)
		renderings.Store(key, out)
	}
	return parse(t, out.(string))
}

// parse gives the resources of a text of several YAML documents.
func parse(t *testing.T, text string) manifests {
	t.Helper()
	var all manifests
	for document := range strings.SplitSeq(text, "\n---\n") {
		m := manifest{text: strings.TrimPrefix(document, "---\n")}
		require.NoError(t, yaml.UnmarshalStrict([]byte(m.text), new(map[string]any)),
			"duplicate or broken keys in:\n%s", m.text)
		require.NoError(t, yaml.Unmarshal([]byte(m.text), &m))
		if m.Kind != "" {
			all = append(all, m)
		}
	}
	require.NotEmpty(t, all)
	return all
}

// find gives the resource of that kind and name, or nil.
func (all manifests) find(kind, name string) *manifest {
	for _, m := range all {
		if m.Kind == kind && m.Metadata.Name == name {
			return &m
		}
	}
	return nil
}

// get is find for a resource that must be there.
func (all manifests) get(t *testing.T, kind, name string) manifest {
	t.Helper()
	m := all.find(kind, name)
	require.NotNil(t, m, "no %s %s was rendered", kind, name)
	return *m
}

// variants are the values files to render, by name: those under ci/, and those for an environment, such as Neon's.
func variants(t *testing.T) map[string]string {
	t.Helper()
	byName := map[string]string{}
	for _, pattern := range []string{"ci/*-values.yaml", "values-*.yaml"} {
		files, err := filepath.Glob(filepath.Join(folder, pattern))
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".yaml")
			byName[strings.TrimPrefix(strings.TrimSuffix(name, "-values"), "values-")] = file
		}
	}
	return byName
}

// eachVariant runs a check on the resources of every values file of variants.
func eachVariant(t *testing.T, check func(t *testing.T, all manifests)) {
	t.Helper()
	for name, file := range variants(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, render(t, "--values="+file))
		})
	}
}

func TestLintFindsNothing(t *testing.T) {
	t.Parallel()
	for name, file := range variants(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, diagnostics, err := helm(t, "lint", "--strict", folder, "--values="+file)
			assert.NoError(t, err, out+diagnostics)
		})
	}
}

func TestNotesTellHowToGoOn(t *testing.T) {
	t.Parallel()
	for name, expected := range map[string][]string{
		"default": {
			"http://todo.local\n", "helm test todo-app --namespace todo", "port-forward service/todo-app-frontend 3000",
			"delete secret/todo-app-postgres persistentvolumeclaim/data-todo-app-postgres-0",
		},
		"external-database": {"DATABASE_URL in the Secret external-database names"},
		"neon":              {"DATABASE_URL in the Secret todo-app-neon names"},
		"replicated":        {"https://todo.example.com\n"},
		"gateway":           {"todo.example.com, by HTTP or HTTPS as the Gateway listens"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, diagnostics, err := helm(t, "install", "todo-app", folder, "--namespace=todo", "--dry-run=client",
				"--values="+variants(t)[name])
			require.NoError(t, err, diagnostics)
			_, notes, found := strings.Cut(out, "NOTES:\n")
			require.True(t, found, out)
			for _, text := range expected {
				assert.Contains(t, notes, text)
			}
		})
	}
}
