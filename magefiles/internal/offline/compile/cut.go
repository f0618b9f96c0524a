package compile

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/sealed"
	"todo-app/magefiles/internal/tree"
)

// Cut takes a package out of a module that a program is built from, with all that only this package imports: it is
// neither downloaded nor compiled. The Go command overlays no files of the module cache
// (https://github.com/golang/go/issues/71075), so the build uses a copy of the module.
type Cut struct {
	Module string // the module's path
	Dir    string // folder of the package in it
	Stub   string // folder in the program's own module whose package takes its place
}

// modfile returns the go.mod that p is built with where something is cut; "" is the module's own.
func (c *Compiler) modfile(p Program) string {
	if len(p.Without) == 0 {
		return ""
	}
	return filepath.Join(c.cut(p), "go.mod")
}

func (c *Compiler) cut(p Program) string { return filepath.Join(c.cache, "cut", p.Name) }

// prepare copies the modules that something is cut from, and writes a go.mod that says so.
func (c *Compiler) prepare(ctx context.Context, p Program) error {
	if len(p.Without) == 0 {
		return nil
	}
	key, err := c.Key(p)
	if err != nil {
		return err
	}
	trimmed := sealed.Thing{Name: p.Name + "'s trimmed modules", Key: key, Paths: []string{c.cut(p)}, Seal: c.cut(p) + ".seal"}
	return trimmed.Use(ctx, filepath.Join(c.cache, "locks"), func(ctx context.Context) error { return c.trim(ctx, p) })
}

func (c *Compiler) trim(ctx context.Context, p Program) error {
	if err := os.RemoveAll(c.cut(p)); err != nil {
		return fmt.Errorf("clearing the folder of trimmed modules: %w", err)
	}
	for _, f := range []string{"go.mod", "go.sum"} {
		if err := tree.CopyFile(filepath.Join(c.module(p), f), filepath.Join(c.cut(p), f)); err != nil {
			return fmt.Errorf("copying the module of %s: %w", p.Name, err)
		}
	}
	var modules []string
	for _, cut := range p.Without {
		modules = append(modules, cut.Module)
	}
	folders, err := c.Modules(ctx, c.module(p), slices.Compact(modules)...)
	if err != nil {
		return err
	}
	edits := []string{"mod", "edit"}
	for module, from := range folders {
		copied := filepath.Join(c.cut(p), filepath.FromSlash(module))
		if err := copyModule(from, copied); err != nil {
			return fmt.Errorf("copying the module %s: %w", module, err)
		}
		edits = append(edits, "-replace="+module+"="+copied)
	}
	for _, cut := range p.Without {
		folder, stub := filepath.Join(c.cut(p), cut.Module, cut.Dir), filepath.Join(c.module(p), cut.Stub)
		if err := replacePackage(folder, stub); err != nil {
			return fmt.Errorf("cutting %s/%s: %w", cut.Module, cut.Dir, err)
		}
	}
	return c.runner.Run(ctx, runner.Cmd("go", append(edits, c.modfile(p))...))
}

// Modules downloads modules that the module at root requires, and returns their folders in the module cache by path.
func (c *Compiler) Modules(ctx context.Context, root string, paths ...string) (map[string]string, error) {
	if err := c.runner.Run(ctx, goIn(root, append([]string{"mod", "download"}, paths...)...)); err != nil {
		return nil, fmt.Errorf("downloading the modules %s: %w", strings.Join(paths, ", "), err)
	}
	// One that is replaced is downloaded under the path of the other: only the list knows both.
	list := append([]string{"list", "-m", "-f", "{{.Path}} {{.Dir}}"}, paths...)
	out, err := c.runner.Output(ctx, goIn(root, list...))
	if err != nil {
		return nil, fmt.Errorf("finding the modules %s: %w", strings.Join(paths, ", "), err)
	}
	folders := map[string]string{}
	for line := range strings.Lines(out) {
		module, folder, _ := strings.Cut(strings.TrimSpace(line), " ")
		folders[module] = folder
	}
	return folders, nil
}

// copyModule copies a module without its tests and what they read: most of minikube's module is that.
func copyModule(from, to string) error { return os.CopyFS(to, withoutTests{os.DirFS(from)}) }

type withoutTests struct{ fs.FS }

// ReadDir implements fs.ReadDirFS.
func (w withoutTests) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(w.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		return e.IsDir() && e.Name() == "testdata" || strings.HasSuffix(e.Name(), "_test.go")
	}), err
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
