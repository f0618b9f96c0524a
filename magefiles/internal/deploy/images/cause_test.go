package images

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
)

func TestABuildThatTheDockerfileIsNotToBlameForSaysWhatToDo(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "")
	t.Setenv("https_proxy", "http://127.0.0.1:9")
	for _, c := range []struct{ name, said, want string }{
		{"pip finds no registry", "WARNING: Retrying after connection broken by 'ProxyError('Cannot connect to proxy.')'\n" +
			"ERROR: No matching distribution found for alembic", "at the proxy that https_proxy names"},
		{"npm finds no registry", "npm error code ENOTFOUND", "The registry of packages did not answer"},
		{"the Dockerfile is wrong", "no-such-program: not found", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			build := &runner.RunError{Command: runner.Cmd("docker", "build"), Output: c.said, Inner: errors.New("exit status 1")}
			err := explain(build)
			require.ErrorIs(t, err, build)
			assert.Contains(t, err.Error(), c.want)
			assert.Equal(t, c.want == "", err == error(build))
		})
	}
}
