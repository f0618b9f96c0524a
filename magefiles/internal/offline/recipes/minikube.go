package recipes

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/sealed"
	"todo-app/magefiles/internal/tree"
)

// MinikubeImage is the machine that is built for minikube, which it calls its base image.
const MinikubeImage = "todo-app/minikube-base:bookworm"

// provisioner is the name under which minikube looks for the program that makes its volumes.
const provisioner = "gcr.io/k8s-minikube/storage-provisioner:v5"

// Minikube provides what minikube would download for a cluster, where no registry answers: it puts the programs and
// images of Kubernetes into minikube's folder home, and returns the image that minikube makes its machine from. Where a
// registry answers it returns "", and leaves the downloads to minikube.
func (s *Supply) Minikube(ctx context.Context, home string) (base string, err error) {
	if s.mode == Never {
		return "", nil
	}
	have, err := s.have(ctx, MinikubeImage)
	if err != nil {
		return "", err
	}
	if !have {
		why := s.CheckRegistry(ctx)
		if why == nil || ctx.Err() != nil {
			return "", why
		}
		if err := s.checkBuildable(MinikubeImage, why); err != nil {
			return "", err
		}
		report.Info(ctx, "the cluster's machine is built from source, with Kubernetes %s: %s", Kubernetes, why)
	}
	if err := s.checkBuildable(MinikubeImage, nil); err != nil {
		return "", err
	}
	err = s.build(ctx, MinikubeImage, kubernetesImage, etcdImage, corednsImage, pauseImage, provisionerImage)
	if err != nil {
		return "", err
	}
	return MinikubeImage, s.fillCache(ctx, filepath.Join(home, "cache"))
}

// fillCache puts the programs and images of Kubernetes where minikube keeps what it has downloaded.
func (s *Supply) fillCache(ctx context.Context, cache string) error {
	if err := s.givePrograms(ctx, cache); err != nil {
		return err
	}
	names, err := s.published()
	if err != nil {
		return err
	}
	for _, n := range names {
		if err := s.saveAs(ctx, n.ours, n.theirs, cache); err != nil {
			return fmt.Errorf("giving minikube the image %s: %w", n.theirs, err)
		}
	}
	return nil
}

// givePrograms copies them: what happens to minikube's own must not happen to those that images are built from.
func (s *Supply) givePrograms(ctx context.Context, cache string) error {
	// They may be gone or broken although the images are there.
	if err := s.compiler.Plan().Make(ctx, s.compiler.Artifacts(s.kubernetes())...); err != nil {
		return err
	}
	key, err := s.compiler.Key(s.kubernetes())
	if err != nil {
		return err
	}
	folder := filepath.Join(cache, "linux", s.machine.Arch, Kubernetes)
	programs := map[string]string{"kubeadm": "kubernetes", "kubelet": "kubernetes", "kubectl": "kubectl"}
	given := sealed.Thing{Name: "what minikube has of Kubernetes' programs", Key: key, Seal: filepath.Join(cache, "todo-app", "programs.seal")}
	for name := range programs {
		given.Paths = append(given.Paths, filepath.Join(folder, name))
	}
	return given.Use(ctx, filepath.Join(s.cache, "locks"), func(context.Context) error {
		for name, program := range programs {
			to := filepath.Join(folder, name)
			if err := errors.Join(os.RemoveAll(to), tree.CopyFile(s.kubernetes().File(program), to)); err != nil {
				return fmt.Errorf("giving minikube the program %s: %w", name, err)
			}
		}
		return nil
	})
}

// saveAs saves an image under another name where minikube looks for that, in its folder cache, unless it is there.
func (s *Supply) saveAs(ctx context.Context, ours, theirs, cache string) error {
	id, err := s.runner.Output(ctx, runner.Cmd("docker", "image", "inspect", "--format", "{{.Id}}", ours))
	if err != nil {
		return err
	}
	file := filepath.Join(cache, "images", s.machine.Arch, strings.ReplaceAll(theirs, ":", "_"))
	seal := filepath.Join(cache, "todo-app", strings.NewReplacer("/", "-", ":", "-").Replace(theirs)+".seal")
	saved := sealed.Thing{Name: "what minikube has of " + theirs, Key: id, Paths: []string{file}, Seal: seal}
	return saved.Use(ctx, filepath.Join(s.cache, "locks"), func(ctx context.Context) error {
		report.Progress(ctx, "saving %s for minikube", theirs)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := s.runner.Run(ctx, runner.Cmd("docker", "tag", ours, theirs)); err != nil {
			return err
		}
		defer func() { // the name belongs to whoever publishes it
			_ = s.runner.Run(context.WithoutCancel(ctx), runner.Cmd("docker", "rmi", "--no-prune", theirs))
		}()
		return s.runner.Run(ctx, runner.Cmd("docker", "save", "--output", file, theirs))
	})
}

// name is what an image is called here, and what Kubernetes asks for.
type name struct{ ours, theirs string }

// names is the file that lists them.
func (s *Supply) names() string { return filepath.Join(s.recipes("kubernetes"), "images.txt") }

// published reads the names of the images of Kubernetes, and adds the one that only minikube asks for.
func (s *Supply) published() ([]name, error) {
	text, err := os.ReadFile(s.names())
	if err != nil {
		return nil, fmt.Errorf("reading the names of Kubernetes' images: %w", err)
	}
	list := []name{{provisionerImage, provisioner}}
	for line := range strings.Lines(string(text)) {
		if ours, theirs, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			list = append(list, name{"todo-app/" + ours, "registry.k8s.io/" + theirs})
		}
	}
	return list, nil
}
