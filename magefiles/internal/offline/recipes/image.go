package recipes

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"todo-app/magefiles/internal/offline/compile"
	"todo-app/magefiles/internal/offline/plan"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/tree"
)

// image is an image that is built from a recipe.
type image struct {
	ref      string
	recipe   string            // folder in deploy/registryfree
	target   string            // stage of its Dockerfile; "" is the last one
	base     *image            // what it is built upon
	baseArg  string            // the build argument that names the base
	programs []compile.Program // what is copied into it
	contains []*image          // images that are copied into it
	extra    []string          // whatever else changes the result
	files    func(ctx context.Context, folder string) error
	artifact *plan.Artifact
}

// label holds the key of the recipe that an image was built from.
const label = "todo-app.recipe"

// key returns a hash of all that an image is made from.
func (s *Supply) key(i *image) (string, error) {
	hash := sha256.New()
	fmt.Fprintln(hash, i.ref, i.target, s.machine.Arch, i.extra)
	if i.recipe != "" {
		head := func(f tree.File) string { return fmt.Sprintf("%s %d\n", f.Name, f.Info.Size()) }
		if err := (tree.Tree{Root: s.recipes(i.recipe)}).Hash(hash, head); err != nil {
			return "", fmt.Errorf("reading the recipe of %s: %w", i.ref, err)
		}
	}
	for _, p := range i.programs {
		key, err := s.compiler.Key(p)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(hash, p.Name, key)
	}
	inner := i.contains
	if i.base != nil {
		inner = append([]*image{i.base}, inner...)
	}
	for _, image := range inner {
		key, err := s.key(image)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(hash, image.ref, key)
	}
	return hex.EncodeToString(hash.Sum(nil))[:16], nil
}

// have reports whether an image is in the engine. One without our label comes from elsewhere and is good; one with it
// is good while its recipe is unchanged.
func (s *Supply) have(ctx context.Context, ref string) (bool, error) {
	keys, err := s.recipeKeys(ctx, ref)
	if err != nil {
		if text := runner.Output(err); strings.Contains(text, "No such image") || strings.Contains(text, "not found") {
			return false, nil
		}
		return false, fmt.Errorf("looking for the image %s: %w", ref, err)
	}
	return s.current(ref, keys[0])
}

// haveAll reports whether all of the images are in the engine: one call for the usual case.
func (s *Supply) haveAll(ctx context.Context, refs []string) bool {
	keys, err := s.recipeKeys(ctx, refs...)
	if err != nil {
		return false
	}
	for i, ref := range refs {
		if good, err := s.current(ref, keys[i]); err != nil || !good {
			return false
		}
	}
	return true
}

// recipeKeys reads the keys of the recipes that images in the engine were built from; "" for those without our label.
func (s *Supply) recipeKeys(ctx context.Context, refs ...string) ([]string, error) {
	format := `{{index .Config.Labels "` + label + `"}}`
	inspect := append([]string{"image", "inspect", "--format", format}, refs...)
	out, err := s.runner.Output(ctx, runner.Cmd("docker", inspect...))
	if err != nil {
		return nil, err
	}
	keys := strings.Split(out, "\n")
	for i, key := range keys {
		keys[i] = strings.TrimSuffix(strings.TrimSpace(key), "<no value>")
	}
	return append(keys, make([]string, max(0, len(refs)-len(keys)))...), nil // empty lines at the end are cut
}

// current reports whether an image is the one that its recipe makes now, where it has the key of one.
func (s *Supply) current(ref, built string) (bool, error) {
	i := s.images[ref]
	if built == "" || i == nil {
		return true, nil
	}
	key, err := s.key(i)
	return built == key, err
}

// make builds an image from its recipe and the files that are put beside it, in a folder of its own.
func (s *Supply) make(ctx context.Context, i *image) error {
	key, err := s.key(i)
	if err != nil {
		return err
	}
	folder := filepath.Join(s.cache, "contexts", strings.NewReplacer("/", "-", ":", "-").Replace(i.ref))
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("clearing the folder to build in: %w", err)
	}
	defer os.RemoveAll(folder)
	if err := copyTree(s.recipes(i.recipe), folder); err != nil {
		return err
	}
	if i.files != nil {
		if err := i.files(ctx, folder); err != nil {
			return err
		}
	}
	if err := tree.FixModes(folder); err != nil {
		return fmt.Errorf("preparing the folder to build in: %w", err)
	}
	args := []string{"build", "--tag", i.ref, "--label", label + "=" + key}
	if i.base != nil {
		args = append(args, "--build-arg", i.baseArg+"="+i.base.ref)
	}
	if i.target != "" {
		args = append(args, "--target", i.target)
	}
	args = append(args, runner.ProxyArgs()...)
	return s.runner.Run(ctx, runner.Cmd("docker", append(args, folder)...))
}
