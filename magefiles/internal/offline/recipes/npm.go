package recipes

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"todo-app/magefiles/internal/offline/plan"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/sealed"
)

// npm returns the download of Node.js and npm, which npm itself distributes as packages. The lock file pins their
// contents.
func (s *Supply) npm() *plan.Artifact {
	return &plan.Artifact{
		Name: "Node.js", Doing: "downloading", Why: "node:24-slim", Lane: plan.Network, Takes: 15 * time.Second,
		Ready: func(context.Context) (bool, error) { return false, nil }, // asked only when the image is missing
		Make: func(ctx context.Context) error {
			lock, err := os.ReadFile(filepath.Join(s.recipes("node"), "package-lock.json"))
			if err != nil {
				return fmt.Errorf("reading which Node.js to download: %w", err)
			}
			folder := s.scratch("npm")
			node := sealed.Thing{Name: "Node.js", Key: string(lock), Paths: []string{folder}, Seal: folder + ".seal"}
			return node.Use(ctx, s.scratch("locks"), func(ctx context.Context) error { return s.downloadNode(ctx, folder) })
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
	if err := copyFiles(folder, filepath.Join(s.recipes("node"), "package.json"), filepath.Join(s.recipes("node"), "package-lock.json")); err != nil {
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
	modules := s.scratch("npm", "node_modules")
	if err := copyFiles(folder, filepath.Join(modules, "node-linux-"+arch, "bin", "node")); err != nil {
		return err
	}
	return copyTree(filepath.Join(modules, "npm"), filepath.Join(folder, "npm"))
}
