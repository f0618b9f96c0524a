package compile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/version"
	"path"
	"path/filepath"
	"runtime"
	"time"

	"todo-app/magefiles/internal/offline/plan"
	"todo-app/magefiles/internal/sealed"
	"todo-app/magefiles/internal/tree"
)

// Program is what one call of the Go compiler makes from a module under tools/: a program, or several that share most
// of what they are made from.
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

// Files returns the paths of the programs.
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

// File returns the path of one of the programs.
func (p Program) File(name string) string { return filepath.Join(p.Dir, name) }

// artifact returns p as an artifact of the plan. Its modules come first, so that no compiler waits for the network.
func (c *Compiler) artifact(p Program) *plan.Artifact {
	packages := 0 // known once they are downloaded
	return &plan.Artifact{
		Name: p.Name, Doing: "compiling", Why: p.Why, Lane: plan.Compile, Takes: p.Takes, Then: p.Then,
		Ready: func(context.Context) (bool, error) { ready, _, err := c.built(p); return ready, err },
		Make:  func(ctx context.Context) error { return c.compile(ctx, p, packages) },
		Needs: []*plan.Artifact{{
			Name: p.Name + "'s modules", Doing: "downloading", Lane: plan.Network, Takes: p.Fetches,
			Ready: func(context.Context) (bool, error) { return false, nil }, // asked only when the program is missing
			Make: func(ctx context.Context) (err error) {
				packages, err = c.download(ctx, p)
				return err
			},
		}},
	}
}

// Key returns a hash of all that p is made from: its module's files, packages, flags, platform and Go release. A patch
// release of Go changes no key: it is not worth compiling everything again.
func (c *Compiler) Key(p Program) (string, error) {
	hash := sha256.New()
	fmt.Fprintln(hash, p.Packages, p.LDFlags, p.Without, runtime.GOOS, runtime.GOARCH, version.Lang(runtime.Version()))
	err := tree.Tree{Root: c.module(p)}.Hash(hash, func(f tree.File) string { return f.Info.Name() + "\n" })
	if err != nil {
		return "", fmt.Errorf("reading the module of %s: %w", p.Name, err)
	}
	return hex.EncodeToString(hash.Sum(nil))[:16], nil
}

func (c *Compiler) module(p Program) string { return filepath.Join(c.root, "tools", p.Module) }

// sealed returns p's files, made from its present key.
func (c *Compiler) sealed(p Program) (sealed.Thing, error) {
	key, err := c.Key(p)
	seal := filepath.Join(c.cache, "stamps", p.Name+".seal")
	return sealed.Thing{Name: p.Name, Key: key, Paths: p.Files(), Seal: seal}, err
}

// built reports whether p's files are there, built from its present key and whole since, or what has damaged them.
func (c *Compiler) built(p Program) (ready bool, damage string, err error) {
	files, err := c.sealed(p)
	if err != nil {
		return false, "", err
	}
	ready, damage = files.Whole()
	return ready, damage, nil
}
