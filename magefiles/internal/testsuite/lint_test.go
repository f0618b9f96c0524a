package testsuite

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
)

func TestWhatTheTypeCheckerKnowsComesToTheNextClone(t *testing.T) {
	t.Parallel()
	first, _ := project(t, &runner.Fake{})
	next, _ := project(t, &runner.Fake{})
	next.Cache = first.Cache
	require.NoError(t, os.MkdirAll(first.Cache, 0o755))
	known := func(s Suite) string {
		text, _ := os.ReadFile(filepath.Join(s.frontend(), "tsconfig.tsbuildinfo"))
		return string(text)
	}
	checks := func(s Suite, knows string, result error) func() error {
		return func() error {
			return errors.Join(os.WriteFile(filepath.Join(s.frontend(), "tsconfig.tsbuildinfo"), []byte(knows), 0o600), result)
		}
	}
	require.NoError(t, first.keepingTypes(checks(first, "one", nil)))
	require.NoError(t, next.keepingTypes(func() error {
		assert.Equal(t, "one", known(next), "it starts from it")
		return checks(next, "two", nil)()
	}))
	bad := errors.New("a type is wrong")
	require.ErrorIs(t, first.keepingTypes(checks(first, "three", bad)), bad)
	third, _ := project(t, &runner.Fake{})
	third.Cache = first.Cache
	require.NoError(t, third.keepingTypes(func() error {
		assert.Equal(t, "two", known(third), "a failure is not kept")
		return nil
	}))
}

func TestTheFrontendsLinterAndTestsBothTellWhatIsWrong(t *testing.T) {
	t.Parallel()
	fake := &runner.Fake{Replies: []runner.Reply{
		{Prefix: "npm run typecheck", Fails: "a type is wrong"},
		{Prefix: "npm test", Fails: "a test fails"},
	}}
	suite, _ := project(t, fake)
	_, err := frontend(t.Context(), suite)
	require.ErrorContains(t, err, "a type is wrong")
	require.ErrorContains(t, err, "a test fails")
	assert.NotContains(t, fake.Lines(), "npm run build")
}

func TestEveryLinterOfTheGoSourcesTellsWhatItFinds(t *testing.T) {
	t.Parallel()
	const staticcheck = "go tool -modfile=tools/staticcheck/go.mod staticcheck "
	fake := &runner.Fake{Replies: []runner.Reply{
		{Prefix: "go vet -tags", Fails: "a copied lock"},
		{Prefix: staticcheck + "./...", Fails: "an unused value"},
		{Prefix: staticcheck + "-tags mage,e2e ./magefiles/...", Fails: "a deprecated call"},
	}}
	suite, _ := project(t, fake)
	err := suite.lintGo(t.Context())
	for _, finding := range []string{"a copied lock", "an unused value", "a deprecated call"} {
		assert.ErrorContains(t, err, finding)
	}
}

func TestWorkflowsAreCheckedAlikeOnEveryMachine(t *testing.T) {
	t.Parallel()
	const actionlint = "go tool -modfile=tools/actionlint/go.mod actionlint -shellcheck= -pyflakes="
	fake := &runner.Fake{Replies: []runner.Reply{{Prefix: actionlint, Fails: "a job without steps"}}}
	suite, _ := project(t, fake)
	require.ErrorContains(t, suite.lintWorkflows(t.Context()), "a job without steps")
	assert.Equal(t, []string{actionlint}, fake.Lines())
}
