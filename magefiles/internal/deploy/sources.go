package deploy

import (
	"fmt"
	"os"
	"path/filepath"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/deploy/inputs"
	"todo-app/magefiles/internal/tree"
)

// DotEnv is the file with settings, below the repository's root.
const DotEnv = ".env"

// trees are the folders of files that a deployment is made of, by their paths below the repository's root.
func (d *Deployment) trees() (map[string]tree.Tree, error) {
	root := d.Config.Root
	all, err := images.Sources(root)
	if err != nil {
		return nil, err
	}
	folder := chart.Folder(root)
	name, err := filepath.Rel(root, folder)
	all[filepath.ToSlash(name)] = tree.Tree{Root: folder}
	return all, err
}

// Sources lists the files that a deployment is made of, as they are now: no program is asked.
func (d *Deployment) Sources() (inputs.List, error) {
	trees, err := d.trees()
	if err != nil {
		return nil, err
	}
	l := inputs.List{}
	for name, files := range trees {
		if err := l.Add(name+"/", files, func(f tree.File) string { return fmt.Sprint(f.Executable()) }); err != nil {
			return nil, fmt.Errorf("looking for changed files in %s: %w", name, err)
		}
	}
	isDotEnv := func(name string, _ bool) (bool, error) { return name != DotEnv, nil }
	settings := tree.Tree{Root: d.Config.Root, Skip: isDotEnv}
	if err := l.Add("", settings, func(tree.File) string { return "" }); err != nil {
		return nil, fmt.Errorf("looking whether %s has changed: %w", DotEnv, err)
	}
	return l, nil
}

// Folders are those that the files of Sources are in, and may come to be in.
func (d *Deployment) Folders() ([]string, error) {
	trees, err := d.trees()
	folders := []string{d.Config.Root}
	for _, files := range trees {
		below, walkErr := files.Folders()
		if os.IsNotExist(walkErr) { // a branch without it, for a moment
			continue
		}
		if err == nil {
			err = walkErr
		}
		folders = append(folders, below...)
	}
	return folders, err
}
