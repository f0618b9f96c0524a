// Package recipes puts container images into the engine where no container registry can be reached, as well as where
// one can: an image that is missing is pulled, and where no registry answers it is built once from Debian packages, Go
// modules and npm packages, by the recipes in deploy/registryfree.
package recipes

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/kind/pkg/apis/config/defaults"

	"todo-app/magefiles/internal/machine"
	"todo-app/magefiles/internal/offline/compile"
	"todo-app/magefiles/internal/offline/plan"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/versions"
)

// Mode says when images are built instead of pulled: the value of TODO_REGISTRY_FREE.
type Mode string

// The modes.
const (
	Auto   Mode = "auto" // pulled, and built where no registry answers
	Always Mode = "1"    // built
	Never  Mode = "0"    // pulled
)

// Kubernetes is the version of a node that is built.
const Kubernetes = versions.Kubernetes

// NodeImage is the node that is built for kind. It has a name of its own because it is not what kind publishes.
const NodeImage = "todo-app/kind-node:" + Kubernetes

// Supply provides images. One serves all steps of a run, at the same time: what several need is made once, and whether
// a registry answers is asked once.
type Supply struct {
	runner      runner.Runner
	compiler    *compile.Compiler
	root, cache string
	mode        Mode
	machine     machine.Machine
	trusted     string // file of the authorities that the machine trusts: networks that inspect TLS add their own

	images             map[string]*image // by reference
	registry           *registry         // that most images come from
	kubernetesRegistry *registry         // that Kubernetes' images come from
}

// New returns the Supply of the repository at root, which keeps what it builds in the folder cache and compiles with c.
func New(r runner.Runner, c *compile.Compiler, root, cache string, mode Mode) *Supply {
	s := &Supply{
		runner: r, compiler: c, root: root, cache: cache, mode: mode, machine: machine.This(), trusted: certificates,
		registry: &registry{}, kubernetesRegistry: &registry{},
	}
	s.images = s.catalogue()
	return s
}

// Provide makes sure that the images are in the engine: missing ones are pulled, or built where they cannot be.
func (s *Supply) Provide(ctx context.Context, refs ...string) error {
	missing, err := s.missing(ctx, refs, func(ctx context.Context, ref string) (bool, error) {
		return s.pullUnlessBuilt(ctx, ref, ref, ref+" is built from packages")
	})
	if err != nil {
		return err
	}
	return s.build(ctx, missing...)
}

// missing returns those of the images that are not in the engine and that pull did not bring: it says whether it did.
func (s *Supply) missing(
	ctx context.Context, refs []string, pull func(ctx context.Context, ref string) (bool, error),
) ([]string, error) {
	if len(refs) > 1 && s.haveAll(ctx, refs) {
		return nil, nil
	}
	missing := slices.Clone(refs)
	group, ctx := errgroup.WithContext(ctx)
	for i, ref := range refs {
		group.Go(func() error {
			have, err := s.have(ctx, ref)
			if err == nil && !have {
				have, err = pull(ctx, ref)
			}
			if have {
				missing[i] = ""
			}
			return err
		})
	}
	err := group.Wait()
	return slices.DeleteFunc(missing, func(ref string) bool { return ref == "" }), err
}

// Node provides the image of a kind cluster's node and returns its name: the one that kind's library asks for, or
// NodeImage.
func (s *Supply) Node(ctx context.Context) (ref string, err error) {
	if s.mode != Always {
		if have, err := s.have(ctx, defaults.Image); err != nil || have {
			return defaults.Image, err
		}
	}
	have, err := s.have(ctx, NodeImage)
	if err != nil || have {
		return NodeImage, err
	}
	what := "the cluster's node is built from source, with Kubernetes " + Kubernetes
	pulled, err := s.pullUnlessBuilt(ctx, defaults.Image, NodeImage, what)
	if err != nil || pulled {
		return defaults.Image, err
	}
	return NodeImage, s.build(ctx, NodeImage)
}

// pullUnlessBuilt pulls an image, unless the one that is built in its place has to be, and can: what says so.
func (s *Supply) pullUnlessBuilt(ctx context.Context, ref, built, what string) (pulled bool, err error) {
	if s.mode != Always || s.images[built] == nil {
		err := s.pull(ctx, s.registry, ref)
		if err == nil || ctx.Err() != nil {
			return true, err
		}
		if err := s.checkBuildable(ref, err); err != nil {
			return false, err
		}
		report.Info(ctx, "%s: %s", what, reason(err))
	}
	return false, s.checkBuildable(built, nil)
}

func (s *Supply) build(ctx context.Context, refs ...string) error {
	if len(refs) == 0 {
		return nil
	}
	if s.machine.Arch != "amd64" {
		report.Warn(ctx, "these recipes have been tested on amd64 only, and this machine is %s", s.machine.Arch)
	}
	var goals []*plan.Artifact
	for _, ref := range refs {
		goals = append(goals, s.images[ref].artifact)
	}
	return s.compiler.Plan().Make(ctx, goals...)
}

// checkBuildable returns the error for an image that cannot be built here; pulling is why it was not pulled, if tried.
func (s *Supply) checkBuildable(ref string, pulling error) error {
	var why error
	switch {
	case s.mode == Never:
		why = errors.New("and TODO_REGISTRY_FREE=0 forbids to build it from packages.\n" +
			"Set TODO_REGISTRY_FREE=auto, or let Docker pull through a mirror: registry-mirrors in /etc/docker/daemon.json")
	case s.images[ref] == nil && ref != defaults.Image:
		why = errors.New("and there is no recipe to build it from packages.\n" +
			"Let Docker pull through a mirror (registry-mirrors in /etc/docker/daemon.json), " +
			"or load it from a file: docker load --input FILE")
	case !s.buildable():
		why = errors.New("and building it from packages takes root on Debian or Ubuntu.\n" +
			"Let Docker pull through a mirror: registry-mirrors in /etc/docker/daemon.json, " +
			"or Docker Desktop's settings, Docker Engine")
	default:
		return nil
	}
	if pulling != nil {
		return fmt.Errorf("getting the image %s: it cannot be pulled (%s), %w", ref, reason(pulling), why)
	}
	return fmt.Errorf("getting the image %s: it is not in the engine, %w", ref, why)
}

// buildable reports whether images can be built from packages here: by root, where apt knows a mirror.
func (s *Supply) buildable() bool {
	return s.machine.GOOS == "linux" && s.machine.Root && s.machine.Has("apt-get")
}

func (s *Supply) recipes(name string) string {
	return filepath.Join(s.root, "deploy", "registryfree", name)
}

// NodeSupply provides images in another Docker Engine than the machine's own: the one in a cluster's node.
type NodeSupply struct {
	node *Supply // asks that engine; whether a registry answers is a question of its own there
	host *Supply
	send func(ctx context.Context, refs ...string) error
}

// ForNode returns the NodeSupply of the engine that node's docker commands go to. send copies the machine's images
// there.
func (s *Supply) ForNode(node runner.Runner, send func(ctx context.Context, refs ...string) error) *NodeSupply {
	there := *s
	there.runner, there.registry, there.kubernetesRegistry = node, &registry{}, &registry{}
	return &NodeSupply{node: &there, host: s, send: send}
}

// Provide makes sure that the images are in the node: it pulls there those that are missing, and copies from the
// machine those that it cannot pull.
func (n *NodeSupply) Provide(ctx context.Context, refs ...string) error {
	missing, err := n.node.missing(ctx, refs, func(ctx context.Context, ref string) (bool, error) {
		if n.node.mode == Always && n.node.images[ref] != nil {
			return false, nil
		}
		err := n.node.pull(ctx, n.node.registry, ref)
		return err == nil, context.Cause(ctx)
	})
	if err != nil || len(missing) == 0 {
		return err
	}
	if err := n.host.Provide(ctx, missing...); err != nil {
		return err
	}
	return n.send(ctx, missing...)
}

// CheckRegistry is Supply's CheckRegistry, asked in the node.
func (n *NodeSupply) CheckRegistry(ctx context.Context) error { return n.node.CheckRegistry(ctx) }
