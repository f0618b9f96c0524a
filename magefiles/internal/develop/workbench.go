package develop

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy"
	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/develop/appbench"
	"todo-app/magefiles/internal/develop/bench"
	"todo-app/magefiles/internal/develop/browser"
	"todo-app/magefiles/internal/develop/dev"
	"todo-app/magefiles/internal/develop/smoke"
	"todo-app/magefiles/internal/develop/testsuite"
	"todo-app/magefiles/internal/develop/toolchain"
	"todo-app/magefiles/internal/machine"
)

// Workbench is what contributors run beside a deployment. Its methods are what the targets call.
type Workbench struct {
	App     *deploy.Deployment
	Verbose bool // show what the tests print while they run
}

// Smoke runs both images without a cluster, in the machine's own engine.
func (w *Workbench) Smoke(ctx context.Context) (string, error) {
	if err := w.App.Supply.Provide(ctx, append(images.Bases(), chart.PostgresImage)...); err != nil {
		return "", err
	}
	set, err := w.App.Host.Current(ctx)
	if err != nil {
		return "", err
	}
	if _, err := w.App.Host.Build(ctx, set); err != nil {
		return "", err
	}
	name := w.App.Config.Profile + "-run"
	return smoke.Test{Runner: w.App.Runner, Images: set, Name: name}.Run(ctx)
}

// Dev runs the app on this machine, with no container, until the user interrupts it: with onCluster, the frontend alone, on
// the backend of the deployment; with debug, for debuggers to attach.
func (w *Workbench) Dev(ctx context.Context, onCluster, debug bool) (string, error) {
	c := w.App.Config
	clone := fmt.Sprintf("dev-%x", sha256.Sum256([]byte(c.Root)))[:len("dev-")+12]
	d := dev.Dev{
		Toolchain: w.toolchain(),
		Data:      filepath.Join(c.Cache, clone),
		Env: []string{"OPENAI_API_KEY=" + c.Secrets["OPENAI_API_KEY"],
			"OPENAI_BASE_URL=" + c.Secrets["OPENAI_BASE_URL"], "OPENAI_MODEL=" + c.Secrets["OPENAI_MODEL"]},
		Log: w.App.Report.ServerLog, Debug: debug, Host: c.Host,
	}
	if onCluster {
		d.Deployed = w.App.Reach
	}
	return d.Run(ctx)
}

// Test runs the test layers that only names, and of their tests those that run names ("" is all; see testsuite.Choose).
// ready makes the Docker Engine, helm and kubectl ready.
func (w *Workbench) Test(ctx context.Context, only, run string, ready func(context.Context) error) error {
	chosen, err := testsuite.Choose(only, run)
	if err != nil {
		return err
	}
	suite := w.suite()
	suite.Ready, suite.Match = ready, run
	return suite.Run(ctx, chosen)
}

// Lint makes every check that runs nothing.
func (w *Workbench) Lint(ctx context.Context) (string, error) { return w.suite().Lint(ctx) }

// Browser runs the browser tests of the files that only names, divided by commas ("" is all), on this machine.
func (w *Workbench) Browser(ctx context.Context, only string) (string, error) {
	var files []string
	if only != "" {
		files = strings.Split(only, ",")
	}
	tests := browser.Tests{
		Toolchain: w.toolchain(), Artifacts: w.suite().Artifacts, Output: w.App.Report.Writer(),
	}
	return "passed", tests.Run(ctx, files...)
}

// BenchApp measures the app itself, on this machine.
func (w *Workbench) BenchApp(ctx context.Context) (string, error) {
	return "", appbench.Bench{Toolchain: w.toolchain(), Report: w.App.Report, Images: w.App.Host}.Run(ctx)
}

// BenchDeploy times deployments against the same steps done by hand, and by Skaffold where it is on PATH, on a cluster of
// its own.
func (w *Workbench) BenchDeploy(ctx context.Context) (string, error) {
	if w.App.Cluster.CheckOwned() != nil {
		return "", errors.New("benchmarking: it takes a cluster of its own; set TODO_CLUSTER to kind or minikube")
	}
	program, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("finding the program of the targets: %w", err)
	}
	c := w.App.Config
	skaffold, _ := w.App.Programs.LookPath("skaffold") // compared with where somebody has it
	kind, _ := w.App.Programs.LookPath("kind")
	return "", bench.Bench{
		Runner: w.App.Runner, Report: w.App.Report, Root: c.Root, Mage: program, Skaffold: skaffold, Kind: kind,
		Cluster: c.Cluster, Profile: c.Profile + "-bench",
	}.Run(ctx)
}

func (w *Workbench) toolchain() toolchain.Toolchain {
	return toolchain.Toolchain{Runner: w.App.Runner, Root: w.App.Config.Root, Cache: w.App.Config.Cache}
}

func (w *Workbench) suite() testsuite.Suite {
	c := w.App.Config
	return testsuite.Suite{
		Runner: w.App.Runner, Report: w.App.Report, Root: c.Root, Cache: c.Cache,
		Artifacts: filepath.Join(c.Root, "artifacts"), Verbose: w.Verbose, Machine: machine.This(),
	}
}
