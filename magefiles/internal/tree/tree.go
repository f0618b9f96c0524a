// Package tree walks and hashes folders of files, and writes files.
package tree

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Tree is a folder with all that is in it.
type Tree struct {
	Root string
	// Skip reports whether a file or a folder is left out, by its path from Root with slashes; nil leaves nothing out.
	Skip func(name string, folder bool) (bool, error)
}

// File is a file or a link of a Tree.
type File struct {
	Name string // path from the tree's root, with slashes
	Path string
	Info fs.FileInfo // of a link, not of what it leads to
}

// Link reports whether f is a symbolic link.
func (f File) Link() bool { return f.Info.Mode()&fs.ModeSymlink != 0 }

// Walk calls do for every file and link, in lexical order within each folder. It passes by what is neither, such as a
// socket, as a build does, and what is gone by the time that it comes there.
func (t Tree) Walk(do func(File) error) error {
	return t.walk(func(name, path string, entry fs.DirEntry) error {
		if entry.IsDir() {
			return nil
		}
		info, err := entry.Info()
		if gone(err) || err == nil && info.Mode().Type()&^fs.ModeSymlink != 0 {
			return nil
		}
		if err != nil {
			return err
		}
		return do(File{Name: name, Path: path, Info: info})
	})
}

// Folders are the paths of all folders of the tree, its root first.
func (t Tree) Folders() (paths []string, err error) {
	err = t.walk(func(_, path string, entry fs.DirEntry) error {
		if entry.IsDir() {
			paths = append(paths, path)
		}
		return nil
	})
	return paths, err
}

func (t Tree) walk(do func(name, path string, entry fs.DirEntry) error) error {
	return filepath.WalkDir(t.Root, func(path string, entry fs.DirEntry, err error) error {
		if gone(err) && path != t.Root {
			return nil
		}
		if err != nil {
			return err
		}
		name, err := filepath.Rel(t.Root, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if t.Skip != nil && name != "." {
			switch skip, err := t.Skip(name, entry.IsDir()); {
			case err != nil:
				return err
			case skip && entry.IsDir():
				return fs.SkipDir
			case skip:
				return nil
			}
		}
		return do(name, path, entry)
	})
}

func gone(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// Executable reports whether git would call f executable.
func (f File) Executable() bool { return !f.Link() && f.Info.Mode()&0o100 != 0 }

// Content writes what the file holds to w; of a link where it leads to.
func (f File) Content(w io.Writer) error {
	in, err := f.open()
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = io.Copy(w, in)
	return err
}

func (f File) open() (io.ReadCloser, error) {
	if f.Link() {
		to, err := os.Readlink(f.Path)
		return io.NopCloser(strings.NewReader(to)), err
	}
	return openFile(f.Path)
}

// openFile opens a file to read. It does not wait for the writer of a pipe that has taken the file's place.
func openFile(path string) (*os.File, error) {
	in, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if info, err := in.Stat(); err != nil || !info.Mode().IsRegular() {
		in.Close()
		return nil, cmp.Or(err, fmt.Errorf("reading %s: it is no file", path))
	}
	return in, nil
}

// Hash writes all files to w: of each what head returns, and its content. A file that goes meanwhile was not there.
func (t Tree) Hash(w io.Writer, head func(File) string) error {
	return t.Walk(func(f File) error {
		in, err := f.open()
		if gone(err) {
			return nil
		}
		if err != nil {
			return err
		}
		defer in.Close()
		if _, err := io.WriteString(w, head(f)); err != nil {
			return err
		}
		_, err = io.Copy(w, in)
		return err
	})
}

// FixModes gives all that is in folder the modes of a clone made with the usual umask, and to files git's executable
// bit alone: what is built from it is the same whatever the modes of the checkout, and can be read by every user.
func FixModes(folder string) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Type()&fs.ModeSymlink != 0 {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if entry.IsDir() || info.Mode()&0o100 != 0 {
			return os.Chmod(path, 0o755)
		}
		return os.Chmod(path, 0o644)
	})
}

// Copy copies all files and links into a folder, which need not exist. It overwrites nothing.
func (t Tree) Copy(to string) error {
	err := t.Walk(func(f File) error {
		target := filepath.Join(to, filepath.FromSlash(f.Name))
		if !f.Link() {
			if err := CopyFile(f.Path, target); !gone(err) {
				return err
			}
			return nil
		}
		link, err := os.Readlink(f.Path)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		return os.Symlink(link, target)
	})
	if err != nil {
		return fmt.Errorf("copying %s to %s: %w", t.Root, to, err)
	}
	return nil
}

// CopyFile copies a file, and makes the folder of the copy. It overwrites nothing. A copy is writable, which the files
// of Go's module cache are not.
func CopyFile(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	in, err := openFile(from)
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

// WriteFile writes a file at once, and makes its folder: nobody ever finds half of it.
func WriteFile(path string, text []byte, mode fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	half := fmt.Sprintf("%s.%d", path, os.Getpid())
	err := os.WriteFile(half, text, mode)
	if err == nil {
		err = os.Rename(half, path)
	}
	if err != nil {
		_ = os.Remove(half)
	}
	return err
}

// KeepNewest removes all but the n newest of the files that match a pattern.
func KeepNewest(pattern string, n int) error {
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) <= n {
		return err
	}
	changed := map[string]time.Time{}
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			changed[path] = info.ModTime()
		}
	}
	slices.SortStableFunc(paths, func(a, b string) int { return changed[a].Compare(changed[b]) })
	for _, path := range paths[:len(paths)-n] {
		if err := os.Remove(path); err != nil && !gone(err) {
			return err
		}
	}
	return nil
}
