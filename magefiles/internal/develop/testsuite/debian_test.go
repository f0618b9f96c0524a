package testsuite

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/machine"
	"todo-app/magefiles/internal/runner"
)

func TestServersThatTestsNeedAreInstalledAndDoNotStayAsServices(t *testing.T) {
	t.Parallel()
	const update = "apt-get update -qq"
	all := []string{"postgresql", "pgbouncer", "openssl"}
	const install = "apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "
	for name, test := range map[string]struct {
		missing  []string
		systemd  bool
		expected []string
	}{
		"on a machine with systemd": {all, true, []string{
			update, install + "postgresql pgbouncer openssl", "systemctl disable --now postgresql pgbouncer",
		}},
		"beside a Postgres that is somebody's own": {all[1:], true, []string{
			update, install + "pgbouncer openssl", "systemctl disable --now pgbouncer",
		}},
		"what is no service":  {all[2:], true, []string{update, install + "openssl"}},
		"in a bare container": {all, false, []string{update, install + "postgresql pgbouncer openssl"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := runner.NewFake(t).Allow(test.expected...)
			suite, _ := project(t, fake)
			suite.Machine = bare(t, test.systemd)
			require.NoError(t, suite.installServers(t.Context(), test.missing))
			assert.Equal(t, test.expected, fake.Lines())
		})
	}
}

func TestAServerThatCannotBeInstalledIsAnError(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, runner.Reply{Prefix: "apt-get install", Fails: "E: Unable to locate package pgbouncer"})
	fake.Allow("apt-get update")
	suite, _ := project(t, fake)
	suite.Machine = bare(t, true)
	err := suite.installServers(t.Context(), []string{"pgbouncer"})
	require.ErrorContains(t, err, "Unable to locate package pgbouncer")
	assert.Len(t, fake.Lines(), 2, "no service is touched")
}

func TestServersAreLookedForInPathAndWhereDebianKeepsThem(t *testing.T) {
	t.Parallel()
	suite := Suite{Machine: withServers}
	assert.True(t, suite.serves("postgres"))
	assert.True(t, suite.serves("pgbouncer"))
	assert.False(t, suite.serves("systemctl"))
	suite.Machine = bare(t, true)
	assert.False(t, suite.serves("postgres"))
	assert.True(t, suite.serves("systemctl"))
}

// bare is a machine without servers, on which systemd may run.
func bare(t *testing.T, systemd bool) machine.Machine {
	t.Helper()
	m := machine.Machine{Files: fstest.MapFS{}}
	if systemd {
		m.Files, m.Path = fstest.MapFS{"run/systemd/system/x": {}}, []string{t.TempDir()}
		require.NoError(t, os.WriteFile(filepath.Join(m.Path[0], "systemctl"), nil, 0o755))
	}
	return m
}
