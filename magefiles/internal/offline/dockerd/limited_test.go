package dockerd

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/machine"
	"todo-app/magefiles/internal/report"
)

func TestTheLimitedRuntimeAsksForNoMoreThanRootHas(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("the runtime needs jq")
	}
	if !machine.This().Limited() {
		t.Skip("root has CAP_SYS_RESOURCE here, so the runtime changes nothing")
	}
	bundle := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(bundle, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o755))
		return path
	}
	script := write("runc-limited", string(LimitedRuntime))
	runc := write("runc", "#!/bin/sh\necho \"$@\"\n")
	write("config.json", `{"process": {
		"capabilities": {"bounding": ["CAP_KILL", "CAP_SYS_RESOURCE"], "ambient": null},
		"oomScoreAdj": -999,
		"rlimits": [{"type": "RLIMIT_NOFILE", "hard": 1073741816, "soft": 1073741816},
			{"type": "RLIMIT_CORE", "hard": 0, "soft": 0}]
	}, "root": {"path": "rootfs"}}`)

	run := exec.CommandContext(context.Background(), script, "--root", "/run", "create", "--bundle", bundle, "id")
	run.Env = append(os.Environ(), "REAL_RUNC="+runc)
	out, err := run.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Equal(t, "--root /run create --bundle "+bundle+" id\n", string(out), "runc gets the call as it was")

	text, err := os.ReadFile(filepath.Join(bundle, "config.json"))
	require.NoError(t, err)
	var config struct {
		Root    struct{ Path string }
		Process struct {
			Capabilities map[string][]string
			OOMScoreAdj  int
			Rlimits      []struct {
				Type string
				Hard int
			}
		}
	}
	require.NoError(t, json.Unmarshal(text, &config))
	assert.Equal(t, "rootfs", config.Root.Path)
	assert.Equal(t, []string{"CAP_KILL"}, config.Process.Capabilities["bounding"])
	assert.Zero(t, config.Process.OOMScoreAdj)
	require.Len(t, config.Process.Rlimits, 1)
	assert.Less(t, config.Process.Rlimits[0].Hard, 1073741816)
}

func TestABrokenRuntimeOfAnEngineThatRunsIsWrittenAnewAndSaid(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string][]byte{
		"cut in half":        LimitedRuntime[:len(LimitedRuntime)/2],
		"filled with noise":  {0xa5, 0x17, 0xff},
		"of another version": []byte("#!/bin/sh\nexec runc \"$@\"\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := Daemon{Cache: t.TempDir()}
			path := filepath.Join(d.Cache, "runc-limited")
			require.NoError(t, os.WriteFile(path, broken, 0o600))
			var out strings.Builder
			for range 2 {
				require.NoError(t,
					report.Plain(&out).Run(t.Context(), "engine", func(ctx context.Context) (string, error) {
						return "", d.Mend(ctx)
					}))
			}
			assert.Equal(t, 1, strings.Count(out.String(), "was broken or of another version: it is written anew"))
			script, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, LimitedRuntime, script)
			info, err := os.Stat(path)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o755), info.Mode().Perm())
		})
	}
}
