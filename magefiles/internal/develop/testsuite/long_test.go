package testsuite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

const longEvents = `{"Action":"pass","Package":"p","Test":"TestA/part","Elapsed":1}
{"Action":"pass","Package":"p","Test":"TestA","Elapsed":61.4}
{"Action":"fail","Package":"p","Test":"TestB","Elapsed":2}
`

// isAt is the commit that is checked out.
var isAt = runner.Reply{Prefix: "git rev-parse --short=12 HEAD", Output: "abc123"}

// pytest answers as pytest does, which writes a report.
func pytest(python, report string) runner.Reply {
	return runner.Reply{Prefix: python + " -m pytest", Does: func(_ context.Context, c runner.Command) error {
		return os.WriteFile(c.Args[slices.Index(c.Args, "--junit-xml")+1], []byte(report), 0o600)
	}}
}

func TestTheLongLayerWritesDownHowEachTestEndedAndOnWhichCommit(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, runner.Reply{Prefix: "go test", Output: longEvents},
		isAt, runner.Reply{Prefix: "git status --porcelain -- . :!docs/long-tests.md", Output: " M magefile.go"}, roomy)
	suite, out := project(t, fake.Expect(testkit.NpmCI))
	fake.Expect(
		pytest(environment(t, suite, fake), `<testsuite><testcase name="test_outage" time="12.6"/></testsuite>`))
	require.NoError(t, os.MkdirAll(filepath.Join(suite.Root, "docs"), 0o755))
	require.ErrorContains(t, suite.Run(t.Context(), []string{"long"}), "long failed")
	text, err := os.ReadFile(filepath.Join(suite.Root, "docs", "long-tests.md"))
	require.NoError(t, err)
	cores := fmt.Sprintf(" | %d | abc123, changed |\n", runtime.NumCPU())
	assert.Equal(t, longHead+"| TestA | passed | 61"+cores+"| TestB | **failed** | 2"+cores+"| test_outage | passed | 13"+cores,
		string(text))
	assert.Contains(t, out.String(), "left out: unit, backend, frontend, chart, e2e, minikube (mage test -only=unit,")
}

func TestATestThatIsNamedRunsAloneAndTheTableKeepsTheOthers(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, runner.Reply{Prefix: "go test", Output: strings.SplitAfter(longEvents, "\n")[1]}, isAt, roomy)
	fake.Allow("git status --porcelain")
	suite, out := project(t, fake.Expect(testkit.NpmCI))
	fake.Expect(pytest(environment(t, suite, fake), "<testsuite/>"))
	suite.Match = "TestA"
	const other = "| TestB | passed | 3 | 8 | 0123456789ab |\n"
	testkit.WriteFiles(t, suite.Root, map[string]string{longTests: longHead + "| TestA | **failed** | 1 | 8 | 01 |\n" + other})
	require.NoError(t, suite.Run(t.Context(), []string{"long"}))
	assert.Contains(t, fake.Lines(),
		"go test -json -run TestA -count=1 -tags long -timeout 2h -parallel 4 ./magefiles/e2e")
	assert.Contains(t, strings.Join(fake.Lines(), "\n"), " -m pytest --quiet -m long ")
	assert.Contains(t, strings.Join(fake.Lines(), "\n"), " -k TestA\n")
	text, err := os.ReadFile(filepath.Join(suite.Root, "docs", "long-tests.md"))
	require.NoError(t, err)
	assert.Equal(t, fmt.Sprintf("%s| TestA | passed | 61 | %d | abc123 |\n%s", longHead, runtime.NumCPU(), other), string(text))
	assert.Contains(t, out.String(), "\n1 passed, 0 failed, 0 skipped\n")
}
