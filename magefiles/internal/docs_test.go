// Package internal_test holds the documents against the code: whoever follows them must get what they say.
package internal_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/magefile/mage/parse"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/config"
	"todo-app/magefiles/internal/report"
)

const root = "../.."

func TestTheReadmesTableHasEveryTargetAndNoOther(t *testing.T) {
	t.Parallel()
	assert.ElementsMatch(t, targets(t), firstColumn(t, "README.md", "target"))
}

func TestTheSettingsTableAndTheExampleHaveEverySettingAndNoOther(t *testing.T) {
	t.Parallel()
	ofOthers := []string{"CI", "KUBECONFIG", "SSL_CERT_FILE"} // these mean the same to other programs
	asked := map[string]bool{}
	_, err := config.Load(t.TempDir(), func(name string) (string, bool) { asked[name] = true; return "", false })
	require.NoError(t, err)
	var settings []string
	for name := range asked {
		settings = append(settings, name)
	}
	assert.ElementsMatch(t, settings, append(firstColumn(t, "docs/settings.md", "variable"), ofOthers...))
	example := regexp.MustCompile(`(?m)^#?([A-Z_]+)=`)
	assert.ElementsMatch(t, settings, append(firstGroups(example, read(t, ".env.example")), ofOthers...))
}

func TestTheTableOfEventsHasEveryEventAndNoOther(t *testing.T) {
	t.Parallel()
	events := slices.Clone(report.Events)
	show := regexp.MustCompile(`\.Show\("([a-z]+)"`)
	require.NoError(t, filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".go" && !strings.HasSuffix(path, "_test.go") {
			events = append(events, firstGroups(show, read(t, filepath.Join("magefiles", "internal", path)))...)
		}
		return err
	}))
	assert.ElementsMatch(t, events, firstColumn(t, "docs/json.md", "event"))
}

func TestEveryCommandOfTheDocumentsIsATarget(t *testing.T) {
	t.Parallel()
	command := regexp.MustCompile(`go run \. (?:-v )?([a-z]+)`)
	for _, file := range append(documents(t), ".vscode/tasks.json", ".github/workflows/ci.yml", ".ci/run") {
		assert.Subset(t, targets(t), firstGroups(command, read(t, file)), file)
	}
}

func TestEveryLinkOfTheDocumentsLeadsToAFile(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^):#]+)(?:#[^)]*)?\)`)
	for _, file := range documents(t) {
		for _, to := range firstGroups(link, read(t, file)) {
			_, err := os.Stat(filepath.Join(root, filepath.Dir(file), to))
			assert.NoError(t, err, file)
		}
	}
}

func TestTheWorkflowTestsAsUsersDoWithActionsThatNobodyCanMove(t *testing.T) {
	t.Parallel()
	workflow := read(t, ".github/workflows/ci.yml")
	assert.Contains(t, workflow, "- run: go run . test\n")
	uses := firstGroups(regexp.MustCompile(`uses: (.*)`), workflow)
	require.NotEmpty(t, uses)
	for _, action := range uses {
		assert.Regexp(t, `^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`, action)
	}
}

// targets are mage's, as users type them.
func targets(t *testing.T) []string {
	t.Helper()
	sources, err := filepath.Glob(filepath.Join(root, "magefiles", "*.go"))
	require.NoError(t, err)
	folder := t.TempDir() // beside the sources, another run may be making and removing a file of mage's
	var files []string
	for _, source := range sources {
		if name := filepath.Base(source); name != "mage_output_file.go" {
			text := read(t, filepath.Join("magefiles", name))
			require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
			files = append(files, name)
		}
	}
	pkg, err := parse.Package(folder, files, false)
	require.NoError(t, err)
	var names []string
	for _, f := range pkg.Funcs {
		names = append(names, strings.ToLower(f.TargetName()))
	}
	require.NotEmpty(t, names)
	return names
}

func documents(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	require.NoError(t, err)
	all := []string{"README.md", "CONTRIBUTING.md", "deploy/helm/todo-app/README.md"}
	for _, file := range files {
		all = append(all, filepath.Join("docs", filepath.Base(file)))
	}
	return all
}

// firstColumn has the names in backticks of the first column of the table whose head begins with title.
func firstColumn(t *testing.T, file, title string) []string {
	t.Helper()
	_, table, found := strings.Cut(read(t, file), "\n| "+title+" |")
	require.True(t, found, "%s has no table of each %s", file, title)
	table, _, _ = strings.Cut(table, "\n\n")
	var names []string
	for _, row := range strings.Split(table, "\n")[2:] {
		names = append(names, firstGroups(regexp.MustCompile("`([^`]+)`"), strings.Split(row, "|")[1])...)
	}
	return names
}

func firstGroups(pattern *regexp.Regexp, text string) []string {
	var groups []string
	for _, match := range pattern.FindAllStringSubmatch(text, -1) {
		groups = append(groups, match[1])
	}
	return groups
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	require.NoError(t, err)
	return string(text)
}
