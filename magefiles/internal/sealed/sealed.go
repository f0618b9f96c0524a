// Package sealed makes what takes long once, and finds it again whole: a seal lists its files, so that one which was
// cut short or overwritten since is noticed, said and made anew instead of failing whoever uses it.
package sealed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"todo-app/magefiles/internal/poll"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/tree"
)

// Thing is some files that are made together.
type Thing struct {
	Name  string   // how lines call it: "the Python environment"
	Key   string   // stands for all that it is made from
	Paths []string // its files and folders; what is added to a folder after it was made is not its own
	Seal  string   // the path of the seal
}

// seal is what is written there. Its own digest comes before it, as a line.
type seal struct {
	Key   string
	Files []file
}

// file is one of a thing's files. A link's digest is where it leads.
type file struct {
	Name   string // from the seal's folder on
	Size   int64
	Time   time.Time
	Digest string
}

// Whole reports whether the thing is there, made from its key. damage says what has happened to it since it was made;
// it is "" where it was never made, or from another key.
func (t Thing) Whole() (whole bool, damage string) {
	text, err := os.ReadFile(t.Seal)
	if errors.Is(err, fs.ErrNotExist) {
		return false, ""
	}
	sum, list := text[:min(digestLength, len(text))], text[min(digestLength, len(text)):]
	var s seal
	if err != nil || digest(list) != string(sum) || json.Unmarshal(list, &s) != nil {
		return false, filepath.Base(t.Seal) + ", the list of its files, is damaged"
	}
	if s.Key != t.Key {
		return false, ""
	}
	for _, f := range s.Files {
		if damage := f.damage(filepath.Dir(t.Seal)); damage != "" {
			return false, damage
		}
	}
	return true, ""
}

// damage says what has happened to a file; "" is nothing. It is read only where its time is another one: copying a
// cache, as CI does, leaves it whole.
func (f file) damage(folder string) string {
	path := filepath.Join(folder, f.Name)
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return filepath.Base(f.Name) + " is missing"
	case info.Size() != f.Size:
		return fmt.Sprintf("%s has %d bytes instead of %d", filepath.Base(f.Name), info.Size(), f.Size)
	case info.ModTime().Equal(f.Time):
		return ""
	}
	if now, err := contents(tree.File{Path: path, Info: info}); err != nil || now != f.Digest {
		return filepath.Base(f.Name) + " holds something else"
	}
	return ""
}

// Make makes the thing, saying so where it was damaged, and seals it. Until make has succeeded, it is not whole.
func (t Thing) Make(ctx context.Context, make func(context.Context) error) error {
	if _, damage := t.Whole(); damage != "" {
		report.Info(ctx, "%s is broken (%s): it is made anew", t.Name, damage)
	}
	if err := os.RemoveAll(t.Seal); err != nil {
		return fmt.Errorf("making %s: removing its seal: %w", t.Name, err)
	}
	if err := make(ctx); err != nil {
		return err
	}
	if err := t.close(); err != nil {
		return fmt.Errorf("listing the files of %s: %w", t.Name, err)
	}
	return nil
}

func (t Thing) close() error {
	s := seal{Key: t.Key}
	for _, p := range t.Paths {
		root, err := filepath.EvalSymlinks(p)
		if err != nil {
			return err
		}
		err = tree.Tree{Root: root}.Walk(func(f tree.File) error {
			name, err := filepath.Rel(filepath.Dir(t.Seal), filepath.Join(p, f.Name))
			if err != nil {
				return err
			}
			sum, err := contents(f)
			s.Files = append(s.Files, file{name, f.Info.Size(), f.Info.ModTime(), sum})
			return err
		})
		if err != nil {
			return err
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return tree.WriteFile(t.Seal, append([]byte(digest(text)), text...), 0o644)
}

const digestLength = 2 * sha256.Size

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// contents is the digest of what a file holds.
func contents(f tree.File) (string, error) {
	sum := sha256.New()
	err := f.Content(sum)
	return hex.EncodeToString(sum.Sum(nil)), err
}

// locks are those of what this process uses, by their path. They are given back when it ends, however that comes.
var locks sync.Map

// lock is one of them. Its flock is closed where nothing leads to it.
type lock struct {
	sync.Mutex
	held *flock.Flock // nil while the thing is not in use
}

// pause is how long a run waits before it looks again whether another one has done with a thing. Each look is one at all
// of its files.
const pause = time.Second

// Use makes the thing unless it is whole, and keeps it from being made anew, by any run, until this process ends. Its
// lock is in folder, outside of itself, as what is made anew is removed first. While another run makes it, or uses what
// this one has to make anew, this one waits.
func (t Thing) Use(ctx context.Context, folder string, make func(context.Context) error) error {
	path, err := filepath.Abs(t.Seal)
	if err != nil {
		return fmt.Errorf("locking %s: %w", t.Name, err)
	}
	path = filepath.Join(folder, "sealed-"+digest([]byte(path))[:12]+".lock")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("making the folder of lock files: %w", err)
	}
	said := false
	return poll.Until(ctx, pause, 0, func() error {
		done, err := t.try(ctx, path, make)
		switch {
		case err != nil:
			return poll.Permanent(err)
		case done:
			return nil
		case !said:
			report.Info(ctx, "another run makes or uses %s: waiting for it", t.Name)
			said = true
		}
		return errors.New("another run has it")
	})
}

// try reports whether the thing is whole and this process's to use: not while another run has the lock that it takes.
func (t Thing) try(ctx context.Context, path string, make func(context.Context) error) (done bool, err error) {
	found, _ := locks.LoadOrStore(path, &lock{})
	mine := found.(*lock)
	mine.Lock()
	defer mine.Unlock()
	if mine.held != nil {
		if whole, _ := t.Whole(); whole {
			return true, nil
		}
		_ = mine.held.Unlock() // damaged, or its key has changed meanwhile
		mine.held = nil
	}
	file := flock.New(path)
	for {
		if ok, err := file.TryRLock(); err != nil || !ok {
			return false, unlockable(path, err)
		}
		if whole, _ := t.Whole(); whole {
			mine.held = file
			return true, nil
		}
		if err := file.Unlock(); err != nil {
			return false, unlockable(path, err)
		}
		ok, err := file.TryLock()
		if err != nil || !ok {
			return false, unlockable(path, err)
		}
		if whole, _ := t.Whole(); !whole { // else another run has just made it
			err = t.Make(ctx, make)
		}
		_ = file.Unlock()
		if err != nil {
			return false, err
		}
	}
}

func unlockable(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("locking %s: %w", path, err)
}
