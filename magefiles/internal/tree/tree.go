// Package tree walks and hashes folders of files, and writes files.
package tree

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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

// Walk calls do for every file, in lexical order within each folder.
func (t Tree) Walk(do func(File) error) error {
	return filepath.WalkDir(t.Root, func(path string, entry fs.DirEntry, err error) error {
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
		if entry.IsDir() {
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		return do(File{Name: name, Path: path, Info: info})
	})
}

// Content writes what the file holds to w; of a link where it leads to.
func (f File) Content(w io.Writer) error {
	if f.Link() {
		to, err := os.Readlink(f.Path)
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, to)
		return err
	}
	in, err := os.Open(f.Path)
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = io.Copy(w, in)
	return err
}

// Hash writes all files to w: of each what head returns, and its content.
func (t Tree) Hash(w io.Writer, head func(File) string) error {
	return t.Walk(func(f File) error {
		if _, err := io.WriteString(w, head(f)); err != nil {
			return err
		}
		return f.Content(w)
	})
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

// WriteFile writes a file at once, and makes its folder: nobody ever finds half of it.
func WriteFile(path string, text []byte, mode fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	half := fmt.Sprintf("%s.%d", path, os.Getpid())
	if err := os.WriteFile(half, text, mode); err != nil {
		return err
	}
	return os.Rename(half, path)
}
