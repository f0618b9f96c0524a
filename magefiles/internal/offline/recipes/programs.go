package recipes

import (
	"path/filepath"
	"time"

	"todo-app/magefiles/internal/offline/compile"
)

// Traefik is the version of the ingress controller.
const Traefik = "v3.6.12"

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
	for _, plugin := range []string{
		"ipam/host-local", "main/bridge", "main/loopback", "main/ptp", "meta/firewall", "meta/portmap",
	} {
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

// plugins are the programs among them that connect pods.
var plugins = []string{"bridge", "firewall", "host-local", "loopback", "portmap", "ptp"}

// traefik returns the ingress controller, without what only other places than a cluster on one's own machine need:
// those parts are two thirds of what would be compiled.
func (s *Supply) traefik() compile.Program {
	return compile.Program{
		Name: "traefik", Module: "traefik", Dir: filepath.Join(s.cache, "programs"),
		Packages: []string{"github.com/traefik/traefik/v3/cmd/traefik"},
		LDFlags:  "-X github.com/traefik/traefik/v3/pkg/version.Version=" + Traefik[1:],
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
