package recipes

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"todo-app/magefiles/internal/offline/plan"
	"todo-app/magefiles/internal/runner"
)

// npm returns the download of Node.js and npm, which npm itself distributes as packages. The lock file pins their
// contents.
func (s *Supply) npm() *plan.Artifact {
	folder := s.scratch("npm")
	return &plan.Artifact{
		Name: "Node.js", Doing: "downloading", Why: "node:24-slim", Lane: plan.Network, Takes: seconds(15),
		Ready: func(context.Context) (bool, error) { return false, nil }, // asked only when the image is missing
		Make: func(ctx context.Context) error {
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
		},
	}
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
