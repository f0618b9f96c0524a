package testsuite

import (
	"context"
	"os"
	"path/filepath"
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

// pytest answers as pytest does, which writes a report.
func pytest(python, report string) runner.Reply {
	return runner.Reply{Prefix: python + " -m pytest", Does: func(_ context.Context, c runner.Command) error {
		return os.WriteFile(c.Args[slices.Index(c.Args, "--junit-xml")+1], []byte(report), 0o600)
	}}
}

func TestTheLongLayerWritesDownHowEachTestEndedAndOnWhichCommit(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, runner.Reply{Prefix: "go test", Output: longEvents},
		runner.Reply{Prefix: "git describe", Output: "abc123"}, roomy)
	suite, out := project(t, fake.Expect(testkit.NpmCI))
	fake.Expect(
		pytest(environment(t, suite, fake), `<testsuite><testcase name="test_outage" time="12.6"/></testsuite>`))
	require.NoError(t, os.MkdirAll(filepath.Join(suite.Root, "docs"), 0o755))
	require.ErrorContains(t, suite.Run(t.Context(), []string{"long"}), "long failed")
	text, err := os.ReadFile(filepath.Join(suite.Root, "docs", "long-tests.md"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "Commit abc123, ")
	assert.Contains(t, string(text),
		"| test_outage | passed | 13 |\n| TestA | passed | 61 |\n| TestB | **failed** | 2 |\n")
	assert.Contains(t, out.String(), "left out: unit, backend, frontend, chart, e2e, minikube (mage test -only=unit,")
}

func TestATestThatIsNamedRunsAloneAndIsNotWrittenDown(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, runner.Reply{Prefix: "go test", Output: strings.SplitAfter(longEvents, "\n")[1]}, roomy)
	suite, out := project(t, fake.Expect(testkit.NpmCI))
	fake.Expect(pytest(environment(t, suite, fake), "<testsuite/>"))
	suite.Match = "TestA"
	require.NoError(t, suite.Run(t.Context(), []string{"long"}))
	assert.Contains(t, fake.Lines(),
		"go test -json -run TestA -count=1 -tags long -timeout 2h -parallel 4 ./magefiles/e2e")
	assert.Contains(t, strings.Join(fake.Lines(), "\n"), " -m pytest --quiet -m long ")
	assert.Contains(t, strings.Join(fake.Lines(), "\n"), " -k TestA\n")
	assert.NoFileExists(t, filepath.Join(suite.Root, "docs", "long-tests.md"))
	assert.Contains(t, out.String(), "\n1 passed, 0 failed, 0 skipped\n")
}
