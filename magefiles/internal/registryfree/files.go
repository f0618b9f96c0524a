package registryfree

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// copyTree copies a folder with its links; the folder to need not exist.
func copyTree(from, to string) error {
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		switch {
		case d.IsDir():
			return os.MkdirAll(target, 0o755)
		case d.Type() == fs.ModeSymlink:
			link, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(link, target)
		default:
			return copyFile(path, target, true)
		}
	})
	if err != nil {
		return fmt.Errorf("copying %s to %s: %w", from, to, err)
	}
	return nil
}

// large is the size in bytes from which a file is linked where the file system can do that: programs are not copied.
const large = 1 << 20

// copyFile puts a file in another place: linked, if it may be, where it is large. A copy is writable, which the module
// cache's files are not.
func copyFile(from, to string, link bool) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if link && info.Size() >= large && os.Link(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, info.Mode().Perm()|0o200)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// copyFiles copies files into a folder, under their own names.
func copyFiles(folder string, files ...string) error {
	for _, f := range files {
		if err := copyFile(f, filepath.Join(folder, filepath.Base(f)), true); err != nil {
			return fmt.Errorf("copying %s to %s: %w", f, folder, err)
		}
	}
	return nil
}

// linkAs makes names for a program in a folder that holds it.
func linkAs(folder, program string, names ...string) error {
	for _, name := range names {
		if err := os.Symlink(program, filepath.Join(folder, name)); err != nil {
			return fmt.Errorf("naming %s %s: %w", program, name, err)
		}
	}
	return nil
}
