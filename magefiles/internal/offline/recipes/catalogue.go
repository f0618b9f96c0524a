package recipes

import (
	"context"
	"path/filepath"
	"time"

	"sigs.k8s.io/kind/pkg/apis/config/defaults"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/offline/compile"
	"todo-app/magefiles/internal/offline/plan"
	"todo-app/magefiles/internal/versions"
)

// The images of the catalogue that others are built upon or that go into the node.
const (
	debianImage      = "todo-app/debian:bookworm"
	systemImage      = "todo-app/node-system:bookworm"
	kindImage        = "todo-app/kind-system:bookworm"
	kubernetesImage  = "todo-app/kubernetes:" + Kubernetes
	etcdImage        = "todo-app/etcd:3.6.5"
	corednsImage     = "todo-app/coredns:v1.12.4"
	pauseImage       = "todo-app/pause:3.10.1"
	provisionerImage = "todo-app/storage-provisioner:v1"
)

// catalogue returns every image that can be built, by reference. The times are estimates on two cores; what follows an
// image outside the plan makes it more urgent: the app's own images wait for python and node, the cluster for its node.
func (s *Supply) catalogue() map[string]*image {
	debian := s.debian()
	python := &image{ref: versions.PythonImage, recipe: "python", base: debian, baseArg: "DEBIAN_IMAGE"}
	s.plan(python, "the backend's image", 15, 150)

	node := &image{ref: versions.NodeImage, recipe: "node", base: debian, baseArg: "DEBIAN_IMAGE", files: s.nodeFiles}
	s.plan(node, "the frontend's image", 15, 150, s.npm())

	postgres := &image{ref: chart.PostgresImage, recipe: "postgres", base: debian, baseArg: "DEBIAN_IMAGE"}
	s.plan(postgres, "the database", 30, 30)

	traefik := &image{
		ref: "traefik:" + versions.Traefik, recipe: "traefik", programs: []compile.Program{s.traefik()}, files: s.traefikFiles,
	}
	s.plan(traefik, "the ingress controller", 5, 30)

	list := []*image{debian, python, node, postgres, traefik}
	images := map[string]*image{}
	for _, i := range append(list, s.cluster(debian)...) {
		images[i.ref] = i
	}
	return images
}

// cluster returns the node of a kind cluster, the machine of a minikube cluster, and the images in them.
func (s *Supply) cluster(debian *image) []*image {
	const why = "the node image"
	system := &image{ref: systemImage, recipe: "node-system", base: debian, baseArg: "DEBIAN_IMAGE", files: s.systemFiles}
	s.plan(system, why, 45, 0)
	kind := &image{
		ref: kindImage, recipe: "kind-system", base: system, baseArg: "SYSTEM_IMAGE", files: s.kindSystemFiles,
		extra: []string{defaults.Image}, // another one with each release of kind, whose files are copied into the system
	}
	s.plan(kind, why, 5, 0)
	minikube := &image{
		ref: MinikubeImage, recipe: "minikube-base", base: system, baseArg: "SYSTEM_IMAGE",
		programs: []compile.Program{s.kubernetes(), s.criDockerd()}, files: s.minikubeFiles,
	}
	s.plan(minikube, "the cluster", 40, 90)

	part := func(ref, target string, takes int) *image {
		i := &image{ref: ref, recipe: "kubernetes", target: target, programs: []compile.Program{s.kubernetes()}}
		i.files = func(_ context.Context, folder string) error { return s.partFiles(folder, target) }
		if target == "kubernetes" {
			i.base, i.baseArg = system, "SYSTEM_IMAGE"
		}
		s.plan(i, why, takes, 0)
		return i
	}
	parts := []*image{
		part(kubernetesImage, "kubernetes", 10),
		part(etcdImage, "etcd", 3),
		part(corednsImage, "coredns", 3),
		part(pauseImage, "pause", 2),
		part(provisionerImage, "storage-provisioner", 3),
	}

	node := &image{
		ref: NodeImage, recipe: "kind-node", base: kind, baseArg: "SYSTEM_IMAGE", contains: parts,
		programs: []compile.Program{s.kubernetes()}, files: s.kindFiles,
	}
	s.plan(node, "the cluster", 45, 60)
	return append([]*image{system, kind, node, minikube}, parts...)
}

// plan sets an image's artifact, which needs its base, what is copied into it, and needs.
func (s *Supply) plan(i *image, why string, takes, then int, needs ...*plan.Artifact) {
	if i.base != nil {
		needs = append(needs, i.base.artifact)
	}
	for _, part := range i.contains {
		needs = append(needs, part.artifact)
	}
	needs = append(needs, s.compiler.Artifacts(i.programs...)...)
	i.artifact = &plan.Artifact{
		Name: i.ref, Why: why, Lane: plan.Image, Needs: needs,
		Takes: time.Duration(takes) * time.Second, Then: time.Duration(then) * time.Second,
		Ready: func(ctx context.Context) (bool, error) { return s.have(ctx, i.ref) },
		Make:  func(ctx context.Context) error { return s.make(ctx, i) },
	}
}

// plugins are the programs of a node that connect pods, by their folders.
var plugins = []string{"ipam/host-local", "main/bridge", "main/loopback", "main/ptp", "meta/firewall", "meta/portmap"}

// kubernetes returns all the programs of a node, compiled in one go: they share most of what they are made from.
func (s *Supply) kubernetes() compile.Program {
	p := compile.Program{
		Name: "Kubernetes " + Kubernetes, Module: "kubernetes", Dir: filepath.Join(s.cache, "programs"),
		Packages: []string{
			".", "k8s.io/kubernetes/cmd/kubectl", "./coredns", "./crictl", "./etcd", "./pause", "./storage-provisioner",
		},
		LDFlags: compile.KubernetesVersion + " -X sigs.k8s.io/cri-tools/pkg/version.Version=v1.34.0",
		Why:     "the node image", Fetches: 30 * time.Second, Takes: 330 * time.Second,
	}
	for _, plugin := range plugins {
		p.Packages = append(p.Packages, "github.com/containernetworking/plugins/plugins/"+plugin)
	}
	return p
}

// criDockerd returns the program through which the kubelet of a minikube node runs containers: Docker has no CRI of its
// own (https://kubernetes.io/docs/setup/production-environment/container-runtimes/#docker).
func (s *Supply) criDockerd() compile.Program {
	return compile.Program{
		Name: "cri-dockerd", Module: "cri-dockerd", Dir: filepath.Join(s.cache, "programs"),
		Packages: []string{"github.com/Mirantis/cri-dockerd"},
		LDFlags:  "-X github.com/Mirantis/cri-dockerd/cmd/version.Version=0.3.19",
		Why:      "the machine of a minikube cluster", Fetches: 20 * time.Second, Takes: 120 * time.Second,
	}
}

// traefik returns the ingress controller, without what only other places than a cluster on one's own machine need:
// those parts are two thirds of what would be compiled.
func (s *Supply) traefik() compile.Program {
	return compile.Program{
		Name: "traefik", Module: "traefik", Dir: filepath.Join(s.cache, "programs"),
		Packages: []string{"github.com/traefik/traefik/v3/cmd/traefik"},
		LDFlags:  "-X github.com/traefik/traefik/v3/pkg/version.Version=" + versions.Traefik[1:],
		Without: []compile.Cut{
			{Module: "github.com/go-acme/lego/v4", Dir: "providers/dns", Stub: "without/dns"},
			{Module: "github.com/traefik/traefik/v3", Dir: "pkg/provider/ecs", Stub: "without/ecs"},
			{Module: "github.com/traefik/yaegi", Dir: "stdlib", Stub: "without/stdlib"},
			{Module: "github.com/traefik/yaegi", Dir: "stdlib/syscall", Stub: "without/syscall"},
			{Module: "github.com/traefik/yaegi", Dir: "stdlib/unsafe", Stub: "without/unsafe"},
		},
		Why: "the ingress controller", Fetches: 30 * time.Second, Takes: 100 * time.Second, Then: 30 * time.Second,
	}
}
