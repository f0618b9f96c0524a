package testsuite

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

func TestTheFrontendsLinterAndTestsBothTellWhatIsWrong(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t,
		runner.Reply{Prefix: "sh ", Fails: "a type is wrong"},
		runner.Reply{Prefix: "npm test", Fails: "a test fails"},
	).Expect(testkit.NpmCI).Allow("npm run lint")
	suite, _ := project(t, fake)
	_, err := frontend(t.Context(), suite)
	require.ErrorContains(t, err, "a type is wrong")
	require.ErrorContains(t, err, "a test fails")
	assert.NotContains(t, fake.Lines(), "npm run build")
}

func TestVitestRunsOnceMoreWhereItsOwnProcessesWereTooSlow(t *testing.T) {
	t.Parallel()
	const slow = "Error: [vitest-pool]: Failed to start forks worker for test files a.test.ts."
	for _, second := range []string{"", slow, "a test fails"} {
		fake := runner.NewFake(t, runner.Reply{Prefix: "npm test", Fails: slow, Times: 1})
		suite, _ := project(t, fake)
		fake.Expect(runner.Reply{Prefix: "npm test", Fails: second, Does: func(context.Context, runner.Command) error {
			xml := `<testsuites><testsuite><testcase name="a"/></testsuite></testsuites>`
			return os.WriteFile(filepath.Join(suite.Artifacts, "frontend.xml"), []byte(xml), 0o600)
		}})
		tests, err := suite.vitest(t.Context())
		if second == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, second)
		}
		assert.Equal(t, Counts{Passed: 1}, tests)
		assert.Len(t, fake.Calls(), 2)
	}
}

func TestEveryLinterOfTheGoSourcesTellsWhatItFinds(t *testing.T) {
	t.Parallel()
	const staticcheck = "go tool -modfile=tools/staticcheck/go.mod staticcheck "
	fake := runner.NewFake(t,
		runner.Reply{Prefix: "go vet -tags", Fails: "a copied lock"},
		runner.Reply{Prefix: staticcheck + "./...", Fails: "an unused value"},
		runner.Reply{Prefix: staticcheck + "-tags mage,e2e,minikube,long ./magefiles/...", Fails: "a deprecated call"},
	).Allow("gofmt -l", "go vet ./...")
	suite, _ := project(t, fake)
	err := suite.lintGo(t.Context())
	for _, finding := range []string{"a copied lock", "an unused value", "a deprecated call"} {
		assert.ErrorContains(t, err, finding)
	}
}

func TestWorkflowsAreCheckedAlikeOnEveryMachine(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t)
	suite, _ := project(t, fake)
	workflow := filepath.Join(suite.Root, ".github", "workflows", "ci.yml")
	require.NoError(t, os.MkdirAll(filepath.Dir(workflow), 0o755))
	require.NoError(t, os.WriteFile(workflow, nil, 0o644))
	actionlint := "go tool -modfile=tools/actionlint/go.mod actionlint -shellcheck= -pyflakes= " + workflow
	fake.Expect(runner.Reply{Prefix: actionlint, Fails: "a job without steps"})
	require.ErrorContains(t, suite.lintWorkflows(t.Context()), "a job without steps")
	assert.Equal(t, []string{actionlint}, fake.Lines())
}
