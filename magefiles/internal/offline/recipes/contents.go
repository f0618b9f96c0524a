package recipes

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"todo-app/magefiles/internal/offline/dockerd"
)

// Each of these functions puts into folder what an image takes besides the files of its recipe.

// traefikFiles copies the program and the authorities that it trusts.
func (s *Supply) traefikFiles(_ context.Context, folder string) error {
	return copyFiles(folder, append(s.traefik().Files(), s.trusted)...)
}

// systemFiles writes the container runtime for limited roots.
func (s *Supply) systemFiles(_ context.Context, folder string) error {
	if err := os.WriteFile(filepath.Join(folder, "runc-limited"), dockerd.LimitedRuntime, 0o755); err != nil {
		return fmt.Errorf("writing the container runtime: %w", err)
	}
	return nil
}

// kindSystemFiles copies the files of kind's own nodes, which kind's module carries.
func (s *Supply) kindSystemFiles(ctx context.Context, folder string) error {
	module, err := s.module(ctx, s.root, "sigs.k8s.io/kind")
	if err != nil {
		return err
	}
	return copyTree(filepath.Join(module, "images", "base", "files"), filepath.Join(folder, "files"))
}

// minikubeFiles copies the files of minikube's own machines, which the modules of minikube and cri-dockerd carry, and
// the programs that connect the kubelet to Docker and pods to each other.
func (s *Supply) minikubeFiles(ctx context.Context, folder string) error {
	minikube, err := s.module(ctx, filepath.Join(s.root, "tools", "minikube"), "k8s.io/minikube")
	if err != nil {
		return err
	}
	criDockerd, err := s.module(ctx, filepath.Join(s.root, "tools", "cri-dockerd"), "github.com/Mirantis/cri-dockerd")
	if err != nil {
		return err
	}
	own := filepath.Join(minikube, "deploy", "kicbase")
	if err := copyFiles(folder, filepath.Join(own, "entrypoint"), filepath.Join(own, "containerd.toml")); err != nil {
		return err
	}
	if err := copyTree(filepath.Join(criDockerd, "packaging", "systemd"), filepath.Join(folder, "units")); err != nil {
		return err
	}
	if err := s.pluginFiles(folder); err != nil {
		return err
	}
	return copyFiles(filepath.Join(folder, "programs"), s.kubernetes().File("crictl"), s.criDockerd().Files()[0])
}

// module downloads and returns the folder of a module that the module at root requires.
func (s *Supply) module(ctx context.Context, root, path string) (string, error) {
	folders, err := s.compiler.Modules(ctx, root, path)
	return folders[path], err
}

// pluginFiles copies the programs that connect pods.
func (s *Supply) pluginFiles(folder string) error {
	for _, name := range plugins {
		if err := copyFiles(filepath.Join(folder, "cni"), s.kubernetes().File(name)); err != nil {
			return err
		}
	}
	return nil
}

// partFiles copies the programs of one of the images that a node runs Kubernetes from.
func (s *Supply) partFiles(folder, target string) error {
	if target != "kubernetes" {
		return copyFiles(folder, s.kubernetes().File(target))
	}
	folder = filepath.Join(folder, "kubernetes")
	if err := copyFiles(folder, s.kubernetes().File("kubernetes")); err != nil {
		return err
	}
	return linkAs(folder, "kubernetes", "kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler")
}

// kindFiles copies a node's own programs, and saves the images that it runs Kubernetes from.
func (s *Supply) kindFiles(ctx context.Context, folder string) error {
	programs := filepath.Join(folder, "programs")
	for _, name := range []string{"kubernetes", "kubectl", "crictl"} {
		if err := copyFiles(programs, s.kubernetes().File(name)); err != nil {
			return err
		}
	}
	if err := linkAs(programs, "kubernetes", "kubeadm", "kubelet"); err != nil {
		return err
	}
	if err := s.pluginFiles(folder); err != nil {
		return err
	}
	if err := copyFiles(folder, s.names()); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "version"), []byte(Kubernetes+"\n"), 0o644); err != nil {
		return fmt.Errorf("writing the node's version: %w", err)
	}
	return s.runner.Run(ctx, docker("save", "--output", filepath.Join(folder, "images.tar"),
		kubernetesImage, etcdImage, corednsImage, pauseImage, provisionerImage))
}
