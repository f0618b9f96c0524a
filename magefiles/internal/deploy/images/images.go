// Package images builds the app's two images, each under a tag that is the hash of what it is built from: an image that
// is there under its tag needs no build, and a tag never means two different images.
package images

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/sync/errgroup"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/inputs"
	"todo-app/magefiles/internal/lines"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/tree"
	"todo-app/magefiles/internal/versions"
)

// Builder builds images with the Docker Engine's BuildKit.
type Builder struct {
	Runner   runner.Runner
	Root     string // the repository's root, which the Dockerfiles' paths begin at
	CABundle string // PEM file that builds may trust, passed as a build secret; "" for none
	Registry string // what the images' names begin with where a cluster pulls them from a registry; "" for none
	Kept     inputs.Store
	Answers  *sync.Map // what the engine has said in this run of the bases; nil asks each time
}

// app is one of the two: its folder, which holds its Dockerfile, the image's name, the image that it starts from, and
// the build argument that names that.
type app struct{ folder, image, base, arg string }

var (
	backend  = app{"backend", chart.BackendImage, versions.PythonImage, "PYTHON_IMAGE"}
	frontend = app{"frontend", chart.FrontendImage, versions.NodeImage, "NODE_IMAGE"}
)

// Bases are the images that must be in the engine before a build.
func Bases() []string { return []string{backend.base, frontend.base} }

// Set is the app's images with their tags.
type Set struct{ Backend, Frontend string }

// Refs are the names of both images.
func (s Set) Refs() []string { return []string{s.Backend, s.Frontend} }

// String names both images the way that step lines do.
func (s Set) String() string { return short(s.Backend) + ", " + short(s.Frontend) }

// Tag is the tag of ref.
func Tag(ref string) string { return ref[strings.LastIndex(ref, ":")+1:] }

// Current names the images of the sources as they are now. Both bases must be in the engine: their IDs are part of the
// tags, so that a newer base gives a newer image.
func (b Builder) Current(ctx context.Context) (Set, error) {
	var refs [2]string
	for i, a := range []app{backend, frontend} {
		l, err := b.inputs(ctx, a)
		if err != nil {
			return Set{}, err
		}
		refs[i] = path.Join(b.Registry, a.image+":"+l.Hash(tagLength))
	}
	return Set{Backend: refs[0], Frontend: refs[1]}, nil
}

// inputs lists what the image of a is made of, with the sources as they are now.
func (b Builder) inputs(ctx context.Context, a app) (inputs.List, error) {
	files, err := sources(b.Root, a.folder)
	if err != nil {
		return nil, err
	}
	return b.inputsFrom(ctx, a, files)
}

// inputsFrom lists what the image of a is made of, with the sources in files.
func (b Builder) inputsFrom(ctx context.Context, a app, files tree.Tree) (inputs.List, error) {
	inspect := append([]string{"image", "inspect", "--format", "{{.Os}}/{{.Architecture}} {{.Id}}"}, Bases()...)
	answer, err := b.ask(ctx, runner.Cmd("docker", inspect...)) // of both at once: a run needs both
	if err != nil {
		return nil, fmt.Errorf("reading the base images %s: %w", strings.Join(Bases(), ", "), err)
	}
	described := strings.Split(answer, "\n")
	if len(described) != len(Bases()) {
		return nil, fmt.Errorf("reading the base images %s: docker describes %d", strings.Join(Bases(), ", "), len(described))
	}
	platform, base, _ := strings.Cut(described[slices.Index(Bases(), a.base)], " ")
	return readInputs(files, a.folder, inputs.List{"the platform": platform, "the base image " + a.base: base})
}

// ask asks the engine what stays the same in one run.
func (b Builder) ask(ctx context.Context, c runner.Command) (string, error) {
	if b.Answers == nil {
		return b.Runner.Output(ctx, c)
	}
	if known, ok := b.Answers.Load(c.String()); ok {
		return known.(string), nil
	}
	out, err := b.Runner.Output(ctx, c)
	if err == nil {
		b.Answers.Store(c.String(), out)
	}
	return out, err
}

// Changed says what has changed in the sources since the image ref was built; known is whether it is remembered what
// that is made of.
func (b Builder) Changed(ctx context.Context, ref string) (differences []string, known bool, err error) {
	for _, a := range []app{backend, frontend} {
		if path.Base(ref) == a.image+":"+Tag(ref) {
			before := b.Kept.Read(a.kept(ref))
			if before == nil {
				return nil, false, nil
			}
			now, err := b.inputs(ctx, a)
			return now.Since(before), true, err
		}
	}
	return nil, false, fmt.Errorf("looking what has changed since %s was built: it is none of the app's images", ref)
}

// kept is the name under which it is remembered what ref, an image of a, is made of.
func (a app) kept(ref string) string { return a.image + "-" + Tag(ref) }

// Build builds those images of a set that Current gave which are not in the engine yet, both at the same time, and
// returns a note on what was done.
func (b Builder) Build(ctx context.Context, set Set) (string, error) {
	var built []string
	absent := b.absent(ctx, set)
	group, gctx := errgroup.WithContext(ctx)
	for i, a := range []app{backend, frontend} {
		ref := set.Refs()[i]
		if !slices.Contains(absent, ref) {
			if l, err := b.inputs(ctx, a); err == nil { // it may have been built where this was not remembered
				b.remember(ctx, a, ref, l)
			}
			continue
		}
		built = append(built, short(ref))
		group.Go(func() error { return b.build(gctx, a, ref) })
	}
	if err := group.Wait(); err != nil {
		return "", err
	}
	if len(built) == 0 {
		return "unchanged (" + set.String() + ")", nil
	}
	return "built " + strings.Join(built, ", "), nil
}

// Missing names those images of a set that Build would build.
func (b Builder) Missing(ctx context.Context, set Set) (names []string) {
	for _, ref := range b.absent(ctx, set) {
		names = append(names, short(ref))
	}
	return names
}

// There are those of the refs that are in the engine.
func (b Builder) There(ctx context.Context, refs []string) []string {
	return slices.DeleteFunc(slices.Clone(refs), func(ref string) bool { return !b.has(ctx, ref) })
}

// absent are those images of a set that are not in the engine.
func (b Builder) absent(ctx context.Context, set Set) []string {
	if b.has(ctx, set.Refs()...) { // one call for the usual case
		return nil
	}
	return slices.DeleteFunc(set.Refs(), func(ref string) bool { return b.has(ctx, ref) })
}

func (b Builder) has(ctx context.Context, refs ...string) bool {
	inspect := append([]string{"image", "inspect", "--format", "{{.Id}}"}, refs...)
	return b.Runner.Run(ctx, runner.Cmd("docker", inspect...)) == nil
}

func (b Builder) build(ctx context.Context, a app, ref string) error {
	printed := progress(
		func(line string) { report.Progress(ctx, "building %s: %s", a.folder, line) },
		func(line string) { report.Info(ctx, "building %s: %s", a.folder, line) },
	)
	folder, err := copySources(b.Root, a.folder)
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	l, err := b.inputsFrom(ctx, a, tree.Tree{Root: filepath.Join(folder, a.folder)})
	if err == nil && l.Hash(tagLength) != Tag(ref) { // a tag never means two different images
		err = errEdited
	}
	if err != nil {
		return fmt.Errorf("building the image %s: %w", ref, err)
	}
	if err := b.Runner.Run(ctx, b.command(a, ref).In(folder).WithOutput(printed)); err != nil {
		return fmt.Errorf("building the image %s from %s/Dockerfile: %w", ref, a.folder, err)
	}
	b.remember(ctx, a, ref, l)
	return nil
}

// remember keeps what the image ref is made of, where l is that.
func (b Builder) remember(ctx context.Context, a app, ref string, l inputs.List) {
	if l.Hash(tagLength) != Tag(ref) {
		return
	}
	if err := b.Kept.Keep(a.kept(ref), l); err != nil {
		report.Warn(ctx, "%v", err)
	}
}

// command is the call that builds a's image as ref, in a folder with its sources.
func (b Builder) command(a app, ref string) runner.Command {
	args := []string{"build", "--progress", "plain", "--file", a.folder + "/Dockerfile", "--tag", ref,
		"--build-arg", a.arg + "=" + a.base}
	args = append(args, runner.ProxyArgs()...)
	if b.CABundle != "" {
		args = append(args, "--secret", fields("id=ca_bundle", "src="+b.CABundle))
	}
	return runner.Cmd("docker", append(args, ".")...)
}

// fields are an option's parts as Docker reads them, which is a line of CSV: a path may hold commas.
func fields(parts ...string) string {
	var line strings.Builder
	w := csv.NewWriter(&line)
	_ = w.Write(parts) // a Builder takes all
	w.Flush()
	return strings.TrimSuffix(line.String(), "\n")
}

// stage is a line such as `#12 [runtime 3/5] RUN npm run build`.
var stage = regexp.MustCompile(`^#\d+ \[([^]]+)\] (.+)$`)

// cache is a line of frontend/kept.
var cache = regexp.MustCompile(`^#\d+ [\d.]+ (the cache .+)$`)

// option is a part of an instruction that says nothing about what it does.
var option = regexp.MustCompile(`--(mount|chown|network)=\S+ `)

// progress reads BuildKit's plain output: it says which stage is built, and tells info what is to stay on the screen.
func progress(say, info func(line string)) io.Writer {
	return lines.To(func(line string) {
		if m := stage.FindStringSubmatch(line); m != nil && !strings.HasPrefix(m[1], "internal") {
			say("[" + m[1] + "] " + ansi.Truncate(option.ReplaceAllString(m[2], ""), 61, "…"))
		} else if m := cache.FindStringSubmatch(line); m != nil {
			info(m[1])
		}
	})
}
