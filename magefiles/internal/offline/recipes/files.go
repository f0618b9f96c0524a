package recipes

import (
	"fmt"
	"os"
	"path/filepath"

	"todo-app/magefiles/internal/tree"
)

// copyTree copies a folder with all that is in it.
func copyTree(from, to string) error { return tree.Tree{Root: from}.Copy(to) }

// large is the size in bytes from which a file is linked where the file system can do that: programs are not copied.
const large = 1 << 20

// copyFile copies a file, or links it where it is large.
func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.Size() >= large && os.MkdirAll(filepath.Dir(to), 0o755) == nil && os.Link(from, to) == nil {
		return nil
	}
	return tree.CopyFile(from, to)
}

// copyFiles copies files into a folder, under their own names.
func copyFiles(folder string, files ...string) error {
	for _, f := range files {
		if err := copyFile(f, filepath.Join(folder, filepath.Base(f))); err != nil {
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
