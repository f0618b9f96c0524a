package testsuite

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
)

// environment makes the suite's Python environment seem to be there, lets fake install it, and returns its interpreter.
func environment(t *testing.T, s Suite, fake *runner.Fake) (python string) {
	t.Helper()
	key := fmt.Sprintf("%x", sha256.Sum256([]byte("pytest==1\npython3.11")))[:12]
	venv := filepath.Join(s.Cache, "python-"+key)
	require.NoError(t, os.MkdirAll(venv, 0o755))
	python = filepath.Join(venv, "bin", "python")
	fake.Allow("python3.11 -c", "python3.11 -m venv", python+" -m pip install")
	return python
}

func TestTheBackendsLinterAndItsTestsBothTellWhatTheyFound(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t)
	suite, out := project(t, fake)
	python := environment(t, suite, fake)
	fake.Expect(
		runner.Reply{Prefix: python + " -m ruff format", Fails: "one file would be reformatted"},
		runner.Reply{Prefix: python + " -m pytest", Fails: "a test failed"},
	).Allow(python + " -m ruff check")

	require.ErrorContains(t, suite.Run(t.Context(), []string{"backend"}), "testing: backend failed")

	assert.Contains(t, out.String(),
		"-m ruff format --no-cache --check .`: exit status 1\n    one file would be reformatted")
	assert.Contains(t, out.String(), "a test failed")
	assert.Contains(t, out.String(), "\n0 passed, 1 failed, 0 skipped\n")
}
