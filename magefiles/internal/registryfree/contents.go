package registryfree

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"todo-app/magefiles/internal/engine"
	"todo-app/magefiles/internal/runner"
)

// What the recipes copy into images, beside their own files.

// traefikFiles are the program and the authorities that it trusts.
func (s *Supply) traefikFiles(_ context.Context, folder string) error {
	return copyFiles(folder, append(s.traefik().Files(), s.host.trusted)...)
}

// systemFiles are the files of kind's own nodes, which kind's module carries, and the container runtime for limited roots.
func (s *Supply) systemFiles(ctx context.Context, folder string) error {
	out, err := s.runner.Output(ctx, runner.Cmd("go", "mod", "download", "-json", "sigs.k8s.io/kind").In(s.root))
	if err != nil {
		return fmt.Errorf("downloading kind's module: %w", err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal([]byte(out), &module); err != nil {
		return fmt.Errorf("reading where kind's module is: %w", err)
	}
	if err := copyTree(filepath.Join(module.Dir, "images", "base", "files"), filepath.Join(folder, "files")); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "runc-limited"), engine.LimitedRuntime, 0o755); err != nil {
		return fmt.Errorf("writing the container runtime: %w", err)
	}
	return nil
}

// partFiles are the programs of one of the images that a node runs Kubernetes from.
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

// kindFiles are a node's own programs, and an archive of the images that it runs Kubernetes from.
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
	for _, name := range plugins {
		if err := copyFiles(filepath.Join(folder, "cni"), s.kubernetes().File(name)); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "version"), []byte(Kubernetes+"\n"), 0o644); err != nil {
		return fmt.Errorf("writing the node's version: %w", err)
	}
	return s.runner.Run(ctx, docker("save", "--output", filepath.Join(folder, "images.tar"),
		kubernetesImage, etcdImage, corednsImage, pauseImage, provisionerImage))
}
