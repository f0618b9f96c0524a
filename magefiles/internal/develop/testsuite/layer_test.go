package testsuite

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/machine"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

// project is a folder with the files that layers read, and the Suite of it.
func project(t *testing.T, fake *runner.Fake) (Suite, *bytes.Buffer) {
	t.Helper()
	root := t.TempDir()
	testkit.WriteFiles(t, root, map[string]string{
		"backend/requirements-dev.txt":       "pytest==1\n",
		"frontend/package.json":              "{}",
		"frontend/package-lock.json":         "{}",
		"frontend/.npmrc":                    "",
		"frontend/node_modules/vite/vite.js": "vite",
		"artifacts/nothing":                  "",
	})
	var out bytes.Buffer
	return Suite{
		Runner: fake, Report: report.Plain(&out), Root: root, Cache: filepath.Join(root, "cache"),
		Artifacts: filepath.Join(root, "artifacts"),
		Machine:   withServers,
		Ready:     func(context.Context) error { return nil },
	}, &out
}

// withServers is a machine on which no server is missing, whatever this one has.
var withServers = machine.Machine{Files: fstest.MapFS{
	"usr/lib/postgresql/15/bin/postgres": {}, "usr/sbin/pgbouncer": {}, "usr/sbin/openssl": {},
}}

var (
	passes   = runner.Reply{Prefix: "go test", Output: `{"Action":"pass","Package":"p","Test":"TestA"}` + "\n"}
	compiler = runner.Reply{Prefix: "gcc --version"}
	roomy    = runner.Reply{Prefix: "docker info", Output: "17179869184 2"}
)

func TestARunEndsWithATableAndTheClosingLine(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, passes, compiler)
	suite, out := project(t, fake)
	require.NoError(t, suite.Run(t.Context(), []string{"unit", "chart"}))
	assert.Contains(t, out.String(), "\n2 passed, 0 failed, 0 skipped\n")
	assert.ElementsMatch(t, []string{"gcc --version", "go test -json -race -ldflags=-w ./magefiles/internal/...",
		"go test -json -count=1 ./deploy/helm/..."}, fake.Lines())
}

func TestUnitTestsRunWithoutTheRaceDetectorWhereItCannotBeCompiledAndSayIt(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, passes, runner.Reply{Prefix: "gcc", Fails: "not found"})
	suite, out := project(t, fake)
	require.NoError(t, suite.Run(t.Context(), []string{"unit"}))
	assert.Contains(t, fake.Lines(), "go test -json -ldflags=-w ./magefiles/internal/...")
	assert.Contains(t, out.String(), "! unit      the race detector is left out: ")
}

func TestALayerThatCannotRunCountsAsFailedAndTheOthersStillRun(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t, passes, runner.Reply{Prefix: "npm run lint", Fails: "lint: a variable is unused"})
	fake.Expect(testkit.NpmCI).Allow("npm test")
	suite, out := project(t, fake)
	err := suite.Run(t.Context(), []string{"frontend", "chart"})
	require.ErrorContains(t, err, "testing: frontend failed")
	assert.Contains(t, out.String(), "a variable is unused")
	assert.Contains(t, out.String(), "\n1 passed, 1 failed, 0 skipped\n")
}

func TestARunWithoutAnyTestIsAnError(t *testing.T) {
	t.Parallel()
	suite, _ := project(t, runner.NewFake(t, compiler).Allow("go test"))
	assert.ErrorContains(t, suite.Run(t.Context(), []string{"unit"}), "no test ran")
}

func TestGroupsOfLayersRunSideBySide(t *testing.T) {
	t.Parallel()
	var left sync.WaitGroup
	left.Add(3)
	meets := passes
	meets.Does = func(context.Context, runner.Command) error { left.Done(); left.Wait(); return nil }
	suite, _ := project(t, runner.NewFake(t, meets, compiler, roomy))
	require.NoError(t, suite.Run(t.Context(), []string{"unit", "chart", "minikube"}),
		"none goes on before the others are there")
}

func TestASmallMachineHoldsOneClusterAtATime(t *testing.T) {
	t.Parallel()
	var running atomic.Int32
	alone := passes
	alone.Does = func(context.Context, runner.Command) error {
		defer running.Add(-1)
		if running.Add(1) > 1 {
			return errors.New("it runs beside another")
		}
		time.Sleep(10 * time.Millisecond) // the other one, too, has begun by now, if it does not wait
		return nil
	}
	suite, out := project(t, runner.NewFake(t, alone, runner.Reply{Prefix: "docker info", Output: "8589934592 2"}))
	suite.cluster = new(sync.Mutex)
	var both sync.WaitGroup
	for _, layer := range []string{"minikube", longLayer} {
		both.Go(func() {
			_, err := suite.stories(t.Context(), layer, nil)
			assert.NoError(t, err, out.String())
		})
	}
	both.Wait()
}
