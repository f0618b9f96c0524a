package testsuite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
)

const longEvents = `{"Action":"pass","Package":"p","Test":"TestA/part","Elapsed":1}
{"Action":"pass","Package":"p","Test":"TestA","Elapsed":61.4}
{"Action":"fail","Package":"p","Test":"TestB","Elapsed":2}
`

func TestTheLongLayerWritesDownHowEachTestEndedAndOnWhichCommit(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, runner.Reply{Prefix: "go test", Output: longEvents},
		runner.Reply{Prefix: "git describe", Output: "abc123"}, roomy)
	suite, out := project(t, fake)
	require.NoError(t, os.MkdirAll(filepath.Join(suite.Root, "docs"), 0o755))
	require.ErrorContains(t, suite.Run(t.Context(), []string{"long"}), "long failed")
	text, err := os.ReadFile(filepath.Join(suite.Root, "docs", "long-tests.md"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "Commit abc123, ")
	assert.Contains(t, string(text), "| TestA | passed | 61 |\n| TestB | **failed** | 2 |\n")
	assert.Contains(t, out.String(), "left out: unit, backend, frontend, chart, e2e, minikube (mage test -only=unit,")
}

func TestATestThatIsNamedRunsAloneAndIsNotWrittenDown(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, runner.Reply{Prefix: "go test", Output: strings.SplitAfter(longEvents, "\n")[1]}, roomy)
	suite, out := project(t, fake)
	suite.Match = "TestA"
	require.NoError(t, suite.Run(t.Context(), []string{"long"}))
	assert.Equal(t, []string{"go test -json -count=1 -run TestA -tags long -timeout 2h -parallel 4 ./magefiles/e2e"},
		fake.Lines()[1:], "after the question how large the machine is")
	assert.NoFileExists(t, filepath.Join(suite.Root, "docs", "long-tests.md"))
	assert.Contains(t, out.String(), "\n1 passed, 0 failed, 0 skipped\n")
}
