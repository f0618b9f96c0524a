package recipes

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"time"

	"todo-app/magefiles/internal/offline/dockerd"
	"todo-app/magefiles/internal/offline/plan"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/sealed"
	"todo-app/magefiles/internal/tree"
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
	var files []string
	for _, plugin := range plugins {
		files = append(files, s.kubernetes().File(path.Base(plugin)))
	}
	return copyFiles(filepath.Join(folder, "cni"), files...)
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
	kubernetes := s.kubernetes()
	err := copyFiles(programs, kubernetes.File("kubernetes"), kubernetes.File("kubectl"), kubernetes.File("crictl"))
	if err != nil {
		return err
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
	return s.runner.Run(ctx, runner.Cmd("docker", "save", "--output", filepath.Join(folder, "images.tar"),
		kubernetesImage, etcdImage, corednsImage, pauseImage, provisionerImage))
}

// npm returns the download of Node.js and npm, which are npm packages. The lock file pins their contents.
func (s *Supply) npm() *plan.Artifact {
	return &plan.Artifact{
		Name: "Node.js", Doing: "downloading", Why: "node:24-slim", Lane: plan.Network, Takes: 15 * time.Second,
		Ready: func(context.Context) (bool, error) { return false, nil }, // asked only when the image is missing
		Make: func(ctx context.Context) error {
			lock, err := os.ReadFile(filepath.Join(s.recipes("node"), "package-lock.json"))
			if err != nil {
				return fmt.Errorf("reading which Node.js to download: %w", err)
			}
			folder := filepath.Join(s.cache, "npm")
			node := sealed.Thing{Name: "Node.js", Key: string(lock), Paths: []string{folder}, Seal: folder + ".seal"}
			return node.Use(ctx, filepath.Join(s.cache, "locks"), func(ctx context.Context) error { return s.downloadNode(ctx, folder) })
		},
	}
}

func (s *Supply) downloadNode(ctx context.Context, folder string) error {
	if !s.machine.Has("npm") {
		return errors.New("npm is not on PATH, and Node.js comes as an npm package\nInstall it: apt-get install -y npm")
	}
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("clearing the folder to download to: %w", err)
	}
	recipe := s.recipes("node")
	err := copyFiles(folder, filepath.Join(recipe, "package.json"), filepath.Join(recipe, "package-lock.json"))
	if err != nil {
		return err
	}
	return s.runner.Run(ctx, runner.Cmd("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund").In(folder))
}

// nodeFiles copies the programs that npm downloaded.
func (s *Supply) nodeFiles(_ context.Context, folder string) error {
	arch, ok := map[string]string{"amd64": "x64", "arm64": "arm64"}[s.machine.Arch]
	if !ok {
		return fmt.Errorf("npm has no Node.js for %s", s.machine.Arch)
	}
	modules := filepath.Join(s.cache, "npm", "node_modules")
	if err := copyFiles(folder, filepath.Join(modules, "node-linux-"+arch, "bin", "node")); err != nil {
		return err
	}
	return copyTree(filepath.Join(modules, "npm"), filepath.Join(folder, "npm"))
}

// copyTree copies a folder with all that is in it.
func copyTree(from, to string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return fmt.Errorf("copying %s to %s: %w", from, to, err)
	}
	return nil
}

// large is the size in bytes from which a file is linked where the file system can do that: programs are not copied.
const large = 1 << 20

// copyFile copies a file, or links it where it is large.
func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.Size() >= large && os.MkdirAll(filepath.Dir(to), 0o755) == nil && os.Link(from, to) == nil {
		return nil
	}
	return tree.CopyFile(from, to)
}

// copyFiles copies files into a folder, under their own names.
func copyFiles(folder string, files ...string) error {
	for _, f := range files {
		if err := copyFile(f, filepath.Join(folder, filepath.Base(f))); err != nil {
			return fmt.Errorf("copying %s to %s: %w", f, folder, err)
		}
	}
	return nil
}

// linkAs makes names for a program in a folder that holds it.
func linkAs(folder, program string, names ...string) error {
	for _, name := range names {
		if err := os.Symlink(program, filepath.Join(folder, name)); err != nil {
			return fmt.Errorf("naming %s %s: %w", program, name, err)
		}
	}
	return nil
}
