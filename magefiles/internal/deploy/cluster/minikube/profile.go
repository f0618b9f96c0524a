// Package minikube calls minikube for one profile, and reads what it says about it.
package minikube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"todo-app/magefiles/internal/poll"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Profile is a cluster of minikube's, whichever profile is the user's active one.
type Profile struct {
	Runner runner.Runner
	Name   string
	Home   string // minikube's folder
}

// Command returns a call of minikube on the profile, without running it.
func (p Profile) Command(args ...string) runner.Command {
	return runner.Cmd("minikube", append(args, "--profile", p.Name)...).
		WithEnv("MINIKUBE_IN_STYLE=false", "MINIKUBE_WANTUPDATENOTIFICATION=false")
}

// Config is how a profile was made.
type Config struct {
	Driver  string // what runs its node: docker, kvm2, …
	Runtime string // what runs containers in it: docker, containerd, cri-o
	IP      string // its node's address
	Nodes   int
	Kept    bool            // it was made with --keep-context, as this project makes all of its own
	Addons  map[string]bool // of minikube's, and whether each is enabled; one that is not there never was
}

// Config reads how the profile was made from minikube's file of it; found is false where there is none that minikube
// can read. minikube itself takes a tenth of a second to say the same:
// https://github.com/kubernetes/minikube/blob/v1.38.1/pkg/minikube/config/profile.go
func (p Profile) Config() (c Config, found bool, err error) {
	var read struct {
		Driver           string
		KeepContext      bool
		Addons           map[string]bool
		KubernetesConfig struct{ ContainerRuntime string }
		Nodes            []struct{ IP, KubernetesVersion string }
	}
	text, err := os.ReadFile(p.file("profiles"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Config{}, false, fmt.Errorf("reading how the minikube profile %q was made: %w", p.Name, err)
	}
	if err != nil || json.Unmarshal(text, &read) != nil || read.Driver == "" {
		return Config{}, false, nil
	}
	c = Config{Driver: read.Driver, Runtime: read.KubernetesConfig.ContainerRuntime, Nodes: len(read.Nodes),
		Kept: read.KeepContext, Addons: read.Addons}
	for i, node := range read.Nodes {
		if node.KubernetesVersion == "" {
			return Config{}, false, nil
		}
		if i == 0 {
			c.IP = node.IP
		}
	}
	return c, true, nil
}

// file is where minikube keeps what it knows of the profile, in one of its folders: profiles or machines.
func (p Profile) file(folder string) string {
	return filepath.Join(p.Home, folder, p.Name, "config.json")
}

// Status is how the parts of a cluster are, in minikube's words: Running, Stopped, Paused, Nonexistent, Error.
type Status struct {
	Host       string
	Kubelet    string
	APIServer  string
	Kubeconfig string // Configured when the kube context leads to the cluster, else Misconfigured
}

// Running reports whether all parts of the cluster run.
func (s Status) Running() bool {
	return s.Host == "Running" && s.Kubelet == "Running" && s.APIServer == "Running"
}

// bootTime is how long a node that has just started may take to let minikube in.
const bootTime = 30 * time.Second

// Status asks how the cluster is, and again while its node boots.
func (p Profile) Status(ctx context.Context) (s Status, err error) {
	err = poll.Until(ctx, time.Second, bootTime, func() error {
		if s, err = p.status(ctx); err != nil &&
			!strings.Contains(err.Error(), "NewSession: ") { // which minikube opens by SSH
			return poll.Permanent(err)
		}
		if err != nil {
			report.Progress(ctx, "waiting for the node of the minikube profile %q to boot", p.Name)
		}
		return err
	})
	return s, err
}

// status asks once. minikube exits with an error when any part is not well, and prints its answer all the same.
func (p Profile) status(ctx context.Context) (Status, error) {
	out, failure := p.Runner.Output(ctx, p.Command("status", "--output", "json"))
	var s Status
	err := json.Unmarshal([]byte(out), &s)
	if failure != nil && (err != nil || s.Host == "") {
		return Status{}, fmt.Errorf("asking minikube how the profile %q is: %w", p.Name, failure)
	}
	if err != nil {
		return Status{}, fmt.Errorf("reading minikube's status of the profile %q: %w", p.Name, err)
	}
	return s, nil
}

// Addons are minikube's addons by name, and whether each is enabled in the profile.
func (p Profile) Addons(ctx context.Context) (map[string]bool, error) {
	var list map[string]struct{ Status string }
	if err := runner.JSON(ctx, p.Runner, p.Command("addons", "list", "--output", "json"), &list); err != nil {
		return nil, fmt.Errorf("listing minikube's addons: %w", err)
	}
	enabled := map[string]bool{}
	for name, addon := range list {
		enabled[name] = strings.EqualFold(addon.Status, "enabled")
	}
	return enabled, nil
}

// Enable enables an addon. That it ends well says nothing about the addon's pods.
func (p Profile) Enable(ctx context.Context, addon string, options ...string) error {
	if err := p.Runner.Run(ctx, p.Command(append([]string{"addons", "enable", addon}, options...)...)); err != nil {
		return fmt.Errorf("enabling minikube's addon %s: %w", addon, err)
	}
	return nil
}

// Home is the folder in which minikube keeps its profiles and what it has downloaded.
func Home() (string, error) {
	home := os.Getenv("MINIKUBE_HOME")
	if home == "" {
		var err error
		if home, err = os.UserHomeDir(); err != nil {
			return "", fmt.Errorf("looking for minikube's folder: %w; set MINIKUBE_HOME", err)
		}
	}
	if filepath.Base(home) == ".minikube" {
		return home, nil
	}
	return filepath.Join(home, ".minikube"), nil
}
