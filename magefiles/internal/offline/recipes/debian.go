package recipes

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"todo-app/magefiles/internal/offline/apt"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// suite is the Debian that images are built upon: the one with Python 3.11 and PostgreSQL 15.
const suite = "bookworm"

// debian returns the base of the other images: a minimal Debian from the machine's own mirror, with its certificates.
func (s *Supply) debian() *image {
	i := &image{ref: debianImage, recipe: "debian"}
	s.plan(i, "the other images", 45, 0)
	i.artifact.Make = func(ctx context.Context) error { return s.bootstrap(ctx, i) }
	return i
}

// bootstrap installs a Debian into a folder and imports it. Packages are kept for the next try.
func (s *Supply) bootstrap(ctx context.Context, i *image) error {
	key, err := s.key(i)
	if err != nil {
		return err
	}
	if !s.machine.Has("debootstrap") {
		report.Progress(ctx, "installing debootstrap")
		// The keys are those of Debian's packages, for a machine that is no Debian.
		if err := apt.Install(ctx, s.runner, "debootstrap", "debian-archive-keyring"); err != nil {
			return err
		}
	}
	root, packages := filepath.Join(s.cache, "debian"), filepath.Join(s.cache, "packages")
	if err := s.clear(ctx, root); err != nil {
		return err
	}
	if err := os.MkdirAll(packages, 0o755); err != nil {
		return fmt.Errorf("making the folder of packages: %w", err)
	}
	sources := s.sources(ctx)
	args := []string{"--variant=minbase", "--include=ca-certificates,curl", "--cache-dir=" + packages, suite, root}
	if len(sources) > 0 {
		args = append(args, strings.Fields(sources[0])[1])
	}
	report.Progress(ctx, "installing a minimal Debian with debootstrap")
	if err := s.runner.Run(ctx, runner.Cmd("debootstrap", args...)); err != nil {
		return err
	}
	if err := s.furnish(root, sources); err != nil {
		return err
	}
	tar := runner.Cmd("tar", "--directory", root, "--one-file-system", "--create", ".")
	load := runner.Cmd("docker", "import", "--change", "LABEL "+label+"="+key, "--change", `CMD ["bash"]`, "-", i.ref)
	if err := runner.Pipe(ctx, s.runner, tar, load); err != nil {
		return err
	}
	return s.clear(ctx, root)
}

// clear removes a root folder. An interrupted debootstrap may have left kernel file systems mounted in it.
func (s *Supply) clear(ctx context.Context, root string) error {
	for _, mount := range []string{"proc", "sys", "dev"} {
		_ = s.runner.Run(ctx, runner.Cmd("umount", "--lazy", "--recursive", "--quiet", filepath.Join(root, mount)))
	}
	if err := s.runner.Run(ctx, runner.Cmd("rm", "--recursive", "--force", "--one-file-system", root)); err != nil {
		return fmt.Errorf("clearing the folder of a Debian: %w", err)
	}
	return nil
}

// sources returns the machine's own Debian mirrors as lines for apt, the main one first; none where the machine is no
// Debian, which leaves it to debootstrap.
func (s *Supply) sources(ctx context.Context) []string {
	out, err := s.runner.Output(ctx, runner.Cmd("apt-get", "indextargets",
		"--format", "$(SITE) $(RELEASE) $(COMPONENT)", "Created-By: Packages", "Origin: Debian"))
	if err != nil {
		return nil
	}
	var main, others []string
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		if len(f) != 3 || f[2] != "main" || !strings.HasPrefix(f[1], suite) {
			continue
		}
		source := fmt.Sprintf("deb %s %s main", f[0], f[1])
		if f[1] == suite {
			main = append(main, source)
		} else {
			others = append(others, source)
		}
	}
	if len(main) == 0 {
		return nil
	}
	return append(main[:1], others...)
}

// furnish makes a Debian the base of images: it trusts what the machine trusts, asks the machine's mirrors, and
// installs packages quickly, since an image that was interrupted is thrown away anyway.
func (s *Supply) furnish(root string, sources []string) error {
	if len(sources) > 0 {
		list := strings.Join(sources, "\n") + "\n"
		if err := os.WriteFile(filepath.Join(root, "etc/apt/sources.list"), []byte(list), 0o644); err != nil {
			return fmt.Errorf("writing the list of mirrors: %w", err)
		}
	}
	trusted, err := os.ReadFile(s.trusted)
	if err != nil {
		return fmt.Errorf("reading the machine's certificates: %w", err)
	}
	if err := os.WriteFile(filepath.Join(root, certificates), trusted, 0o644); err != nil {
		return fmt.Errorf("writing the certificates: %w", err)
	}
	if _, err := os.Stat(localCertificates); err == nil {
		if err := copyTree(localCertificates, filepath.Join(root, localCertificates)); err != nil {
			return err
		}
	}
	for _, unneeded := range []string{
		"usr/share/doc", "usr/share/man", "usr/share/locale", "var/lib/apt/lists", "var/cache/apt",
	} {
		if err := os.RemoveAll(filepath.Join(root, unneeded)); err != nil {
			return fmt.Errorf("removing what no image needs: %w", err)
		}
	}
	return copyTree(s.recipes("debian"), root)
}

// certificates is where Debian keeps the list of trusted authorities.
const certificates = "/etc/ssl/certs/ca-certificates.crt"

// localCertificates is where administrators put authorities of their own; the next update of the list adds them again.
const localCertificates = "/usr/local/share/ca-certificates"
