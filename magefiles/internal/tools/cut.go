package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/sealed"
)

// Cut takes a package out of a module that a program is built from, with all that only this package imports: it is neither
// downloaded nor compiled. The Go command refuses to overlay files of the module cache, so the module is copied beside
// it, and the build is told to use the copy.
type Cut struct {
	Module string // the module's path
	Dir    string // folder of the package in it
	Stub   string // folder in the program's own module whose package takes its place
}

// modfile is the go.mod that p is built with where something is cut; "" is the module's own.
func (t *Tools) modfile(p Program) string {
	if len(p.Without) == 0 {
		return ""
	}
	return filepath.Join(t.cut(p), "go.mod")
}

func (t *Tools) cut(p Program) string { return filepath.Join(t.cache, "cut", p.Name) }

// prepare copies the modules that something is cut from, and writes a go.mod that says so.
func (t *Tools) prepare(ctx context.Context, p Program) error {
	if len(p.Without) == 0 {
		return nil
	}
	key, err := t.Key(p)
	if err != nil {
		return err
	}
	trimmed := sealed.Thing{Name: p.Name + "'s trimmed modules", Key: key, Paths: []string{t.cut(p)}, Seal: t.cut(p) + ".seal"}
	return trimmed.Use(ctx, filepath.Join(t.cache, "locks"), func(ctx context.Context) error { return t.trim(ctx, p) })
}

func (t *Tools) trim(ctx context.Context, p Program) error {
	if err := os.RemoveAll(t.cut(p)); err != nil {
		return fmt.Errorf("clearing the folder of trimmed modules: %w", err)
	}
	for _, f := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(t.module(p), f))
		if err == nil {
			err = writeFile(filepath.Join(t.cut(p), f), data)
		}
		if err != nil {
			return fmt.Errorf("copying the module of %s: %w", p.Name, err)
		}
	}
	folders, err := t.folders(ctx, p)
	if err != nil {
		return err
	}
	edits := []string{"mod", "edit"}
	for module, from := range folders {
		copied := filepath.Join(t.cut(p), filepath.FromSlash(module))
		if err := copyModule(from, copied); err != nil {
			return fmt.Errorf("copying the module %s: %w", module, err)
		}
		edits = append(edits, "-replace="+module+"="+copied)
	}
	for _, c := range p.Without {
		if err := replacePackage(filepath.Join(t.cut(p), c.Module, c.Dir), filepath.Join(t.module(p), c.Stub)); err != nil {
			return fmt.Errorf("cutting %s/%s: %w", c.Module, c.Dir, err)
		}
	}
	return t.runner.Run(ctx, runner.Cmd("go", append(edits, t.modfile(p))...))
}

// folders downloads the modules that something is cut from: their folders in the module cache, by path.
func (t *Tools) folders(ctx context.Context, p Program) (map[string]string, error) {
	folders := map[string]string{}
	args := []string{"mod", "download", "-json"}
	for _, c := range p.Without {
		if _, ok := folders[c.Module]; !ok {
			folders[c.Module] = ""
			args = append(args, c.Module)
		}
	}
	out, err := t.runner.Output(ctx, goIn(t.module(p), args...))
	if err != nil {
		return nil, err
	}
	for list := json.NewDecoder(strings.NewReader(out)); ; {
		var module struct{ Path, Dir string }
		err := list.Decode(&module)
		if errors.Is(err, io.EOF) {
			return folders, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading where modules are: %w", err)
		}
		folders[module.Path] = module.Dir
	}
}

// copyModule copies a module, writable and without its tests and what they read: most of minikube's module is that.
func copyModule(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "testdata" {
			return filepath.SkipDir
		}
		if err != nil || !d.Type().IsRegular() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return writeFile(filepath.Join(to, name), data)
	})
}

// replacePackage puts the Go files of stub in the place of folder's own.
func replacePackage(folder, stub string) error {
	for _, pattern := range []string{"*.go", "*.s"} {
		old, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			return err
		}
		for _, f := range old {
			if err := os.Remove(f); err != nil {
				return err
			}
		}
	}
	return copyModule(stub, folder)
}
