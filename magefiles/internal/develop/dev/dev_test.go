package dev

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/address"
	"todo-app/magefiles/internal/develop/toolchain"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

func TestTheEditorAttachesAtTheUsualPorts(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../../.vscode/launch.json")
	require.NoError(t, err)
	var launch struct {
		Configurations []struct {
			Type, Request string
			Port          int
			Connect       struct{ Port int }
		}
	}
	require.NoError(t, json.Unmarshal(text, &launch))
	attaches := map[string]int{}
	for _, c := range launch.Configurations {
		if c.Request == "attach" {
			attaches[c.Type] = c.Port + c.Connect.Port
		}
	}
	assert.Equal(t, map[string]int{"debugpy": debugpyPort, "node": inspectorPort}, attaches)
}

func TestADebuggersPortIsSaidWhereTheUsualOneIsTaken(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	taken := strconv.Itoa(testkit.FreePort(t)) // held by this test
	require.NoError(t, report.Plain(&out).Run(t.Context(), "dev", func(ctx context.Context) (string, error) {
		usual, _ := strconv.Atoi(taken)
		_, err := debugPort(ctx, "backend", usual)
		return "", err
	}))
	assert.Regexp(t, `the debugger of the backend listens at 127\.0\.0\.1:\d+; `+taken+" is taken: name this port", out.String())
}

func TestWithoutADeploymentNothingIsInstalledOrStarted(t *testing.T) {
	t.Parallel()
	none := errors.New("no deployment")
	_, err := Dev{
		Toolchain: toolchain.Toolchain{Runner: runner.NewFake(t), Root: t.TempDir(), Cache: t.TempDir()}, Data: t.TempDir(),
		Deployed: func(context.Context) (address.Candidate, error) { return address.Candidate{}, none },
	}.Run(t.Context())
	require.ErrorIs(t, err, none)
}
