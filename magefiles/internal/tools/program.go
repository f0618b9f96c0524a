package tools

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"todo-app/magefiles/internal/sealed"
	"todo-app/magefiles/internal/tools/plan"
)

// Program is what one call of the Go compiler makes from a module under tools/: a program, or several that share most of
// what they are made from.
type Program struct {
	Name     string        // the program's file; with several packages only what progress lines call them
	Module   string        // folder under tools/
	Packages []string      // packages to build; with several, each program is named after its package's last element
	LDFlags  string        // added to those that strip the program
	Without  []Cut         // what is left out of the modules it is built from
	Dir      string        // folder of the programs
	Why      string        // what needs it, for progress lines
	Fetches  time.Duration // estimate of its download
	Takes    time.Duration // estimate of its compilation on two cores
	Then     time.Duration // see plan.Artifact
}

// Files are the paths of the programs.
func (p Program) Files() []string {
	if len(p.Packages) == 1 {
		return []string{p.File(p.Name)}
	}
	var files []string
	for _, pkg := range p.Packages {
		name := path.Base(pkg)
		if pkg == "." {
			name = path.Base(p.Module)
		}
		files = append(files, p.File(name))
	}
	return files
}

// File is the path of one of the programs.
func (p Program) File(name string) string { return filepath.Join(p.Dir, name) }

// artifact is what a plan makes of p: its modules are downloaded first, so that a compiler never waits for the network.
func (t *Tools) artifact(p Program) *plan.Artifact {
	packages := 0 // known once they are downloaded
	return &plan.Artifact{
		Name: p.Name, Doing: "compiling", Why: p.Why, Lane: plan.Compile, Takes: p.Takes, Then: p.Then,
		Ready: func(context.Context) (bool, error) { ready, _, err := t.built(p); return ready, err },
		Make:  func(ctx context.Context) error { return t.compile(ctx, p, packages) },
		Needs: []*plan.Artifact{{
			Name: p.Name + "'s modules", Doing: "downloading", Lane: plan.Network, Takes: p.Fetches,
			Ready: func(context.Context) (bool, error) { return false, nil }, // asked only when the program is missing
			Make: func(ctx context.Context) (err error) {
				packages, err = t.download(ctx, p)
				return err
			},
		}},
	}
}

// Key stands for everything that p is made from: its module's files, packages, flags, platform and Go release. A patch
// release of Go changes no key: it is not worth compiling everything again.
func (t *Tools) Key(p Program) (string, error) {
	hash := sha256.New()
	fmt.Fprintln(hash, p.Packages, p.LDFlags, p.Without, runtime.GOOS, runtime.GOARCH, goRelease())
	err := filepath.WalkDir(t.module(p), func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		fmt.Fprintln(hash, d.Name())
		_, err = io.Copy(hash, f)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("reading the module of %s: %w", p.Name, err)
	}
	return hex.EncodeToString(hash.Sum(nil))[:16], nil
}

// goRelease is Go's release without its patch number: go1.26.
func goRelease() string {
	parts := strings.SplitN(runtime.Version(), ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

func (t *Tools) module(p Program) string { return filepath.Join(t.root, "tools", p.Module) }

// sealed is what p's files are, made from its present key.
func (t *Tools) sealed(p Program) (sealed.Thing, error) {
	key, err := t.Key(p)
	return sealed.Thing{Name: p.Name, Key: key, Paths: p.Files(), Seal: filepath.Join(t.cache, "stamps", p.Name+".seal")}, err
}

// built tells whether p's files are there, built from its present key and whole since; damage says what has happened to them.
func (t *Tools) built(p Program) (ready bool, damage string, err error) {
	files, err := t.sealed(p)
	if err != nil {
		return false, "", err
	}
	ready, damage = files.Whole()
	return ready, damage, nil
}
