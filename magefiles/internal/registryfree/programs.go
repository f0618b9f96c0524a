package registryfree

import (
	"path/filepath"
	"time"

	"todo-app/magefiles/internal/tools"
)

// Traefik is the version of the ingress controller.
const Traefik = "v3.6.12"

// pods are the CNI plugins that connect pods, and what they call.
var pods = []string{
	"ipam/host-local", "main/bridge", "main/loopback", "main/ptp", "meta/firewall", "meta/portmap",
}

// program is a program that only images hold: it is kept apart from the tools on PATH. Its times are estimates in seconds.
func (s *Supply) program(name, module, pkg string, fetches, takes int) tools.Program {
	return tools.Program{
		Name: name, Module: module, Packages: []string{pkg}, Dir: filepath.Join(s.cache, "programs"), Why: "the node image",
		Fetches: seconds(fetches), Takes: seconds(takes),
	}
}

func (s *Supply) kubernetes() tools.Program {
	p := s.program("kubernetes", "kubernetes", ".", 20, 280)
	p.LDFlags = tools.KubernetesVersion
	return p
}

func (s *Supply) crictl() tools.Program {
	p := s.program("crictl", "kubernetes", "./crictl", 5, 15)
	p.LDFlags = "-X sigs.k8s.io/cri-tools/pkg/version.Version=v1.34.0"
	return p
}

func (s *Supply) cni() tools.Program {
	p := s.program("cni", "kubernetes", "", 5, 15)
	p.Dir = filepath.Join(p.Dir, "cni")
	p.Packages = nil
	for _, plugin := range pods {
		p.Packages = append(p.Packages, "github.com/containernetworking/plugins/plugins/"+plugin)
	}
	return p
}

func (s *Supply) etcd() tools.Program { return s.program("etcd", "kubernetes", "./etcd", 5, 25) }
func (s *Supply) coredns() tools.Program {
	return s.program("coredns", "kubernetes", "./coredns", 5, 35)
}
func (s *Supply) pause() tools.Program { return s.program("pause", "kubernetes", "./pause", 2, 5) }
func (s *Supply) provisioner() tools.Program {
	return s.program("storage-provisioner", "kubernetes", "./storage-provisioner", 5, 10)
}

func (s *Supply) traefik() tools.Program {
	p := s.program("traefik", "traefik", "github.com/traefik/traefik/v3/cmd/traefik", 40, 240)
	p.LDFlags = "-X github.com/traefik/traefik/v3/pkg/version.Version=" + Traefik[1:]
	p.Why, p.Then = "the ingress controller", 30*time.Second
	return p
}
