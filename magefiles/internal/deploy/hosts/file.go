package hosts

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bitfield/script"

	"todo-app/magefiles/internal/report"
)

// file is one hosts file.
type file struct {
	path    string
	rights  rights
	ask     bool                             // whether somebody is there to give the rights
	replace func(path, content string) error // write; a test's own
}

// rights are what it takes to write a file that this user may not write.
type rights interface {
	// change writes what edit makes of f's content, once somebody has given the rights.
	change(ctx context.Context, f file, edit func(string) string) error
	// adding and removing are the commands with which users do the same by hand, in a file of this content.
	adding(e entry, content string) string
	removing(e entry) string
	// needed says who may write the file and where such a command is run.
	needed() (by, run string)
}

// state is what became of a file.
type state int

const (
	unchanged  state = iota // it says the right thing already, or somebody else's line decides
	changed                 // it was written
	leftToUser              // it is left to the user to write it
)

// ensure makes e's host resolve to its address. Where the file may not be written it says how to do it, and goes on:
// the app can be verified by its address.
func (f file) ensure(ctx context.Context, e entry) (string, state, error) {
	mapping := e.host + " → " + e.address
	content, err := f.read()
	if err != nil {
		return "", unchanged, err
	}
	unmarked := entry{host: e.host, owner: e.owner}
	switch foreign := unmarked.foreignLine(content); {
	case foreign == "":
	case strings.Fields(foreign)[0] == e.address && e.isOurs(foreign):
		return mapping + ", unchanged (copied from Windows')", unchanged, nil
	case strings.Fields(foreign)[0] == e.address:
		return mapping + ", unchanged (a line of your own)", unchanged, nil
	case !e.isOurs(foreign):
		report.Warn(ctx, "%s already maps %s otherwise: %q\nremove that line or set TODO_HOST to another name; going "+
			"on by address", f.path, e.host, foreign)
		return "left as it is", unchanged, nil
	}
	if e.addTo(content) == content {
		return mapping + ", unchanged", unchanged, nil
	}
	return f.change(ctx, e.addTo, mapping, f.rights.adding(e, content))
}

// check reports whether e's host is mapped already, without changing anything.
func (f file) check(e entry) (string, error) {
	content, err := f.read()
	if err != nil {
		return "", err
	}
	foreign := e.foreignLine(content)
	switch {
	case foreign != "" && strings.Fields(foreign)[0] == e.address, foreign == "" && e.addTo(content) == content:
		return e.host + " → " + e.address, nil
	case foreign != "":
		return "", fmt.Errorf("%s maps %s by a line of your own: %q; remove it if it is not %s", f.path, e.host,
			foreign, e.address)
	}
	probe, err := os.OpenFile(f.path, os.O_WRONLY|os.O_APPEND, 0)
	by, _ := f.rights.needed()
	switch {
	case err == nil:
		return "deploy will add " + e.host, probe.Close()
	case errors.Is(err, fs.ErrPermission) && f.ask:
		return "deploy will add " + e.host + " and ask you for the rights of " + by, nil
	default:
		return "", fmt.Errorf("%s may only be written by %s; deploy will tell the one command that maps %s",
			f.path, by, e.host)
	}
}

// remove takes the project's line away again.
func (f file) remove(ctx context.Context, e entry) (string, state, error) {
	content, err := f.read()
	if err != nil {
		return "", unchanged, err
	}
	if e.removeFrom(content) == content {
		return "no entry", unchanged, nil
	}
	return f.change(ctx, e.removeFrom, "removed "+e.host, f.rights.removing(e))
}

func (f file) read() (string, error) {
	content, err := script.File(f.path).String()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("reading the hosts file: %w", err)
	}
	return content, nil
}

// change writes what edit makes of the content, or has somebody give the rights to, or else prints the command.
func (f file) change(ctx context.Context, edit func(string) string, done, byHand string) (string, state, error) {
	content, err := f.read()
	if err == nil {
		err = f.replace(f.path, edit(content))
	}
	if err != nil && !errors.Is(err, fs.ErrPermission) {
		return "", leftToUser, fmt.Errorf("writing the hosts file: %w; or run this once: %s", err, byHand)
	}
	if err != nil && f.ask {
		refused := report.Aside(ctx, func() error { return f.rights.change(ctx, f, edit) })
		if ctx.Err() != nil {
			return "", leftToUser, context.Cause(ctx)
		}
		if refused == nil { // which a program may say whose elevated child has failed
			refused = fs.ErrPermission
		}
		if content, err = f.read(); err == nil && edit(content) != content {
			report.Info(ctx, "%s was not written: %v", f.path, refused)
			err = refused
		}
	}
	if err != nil {
		by, run := f.rights.needed()
		report.Warn(ctx, "%s may only be written by %s; run this once%s:\n  %s\nor set TODO_HOST=todo.localhost, "+
			"which needs no entry", f.path, by, run, byHand)
		return "left to you", leftToUser, nil
	}
	return done, changed, nil
}

// write replaces the file by renaming a complete one over it. Where that cannot be (in a container the file is a
// mount), it is written in place.
func write(path, content string) error {
	mode := fs.FileMode(0o644)
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // a link stays one
	}
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	next := filepath.Join(filepath.Dir(path), ".hosts.todo-app")
	defer os.Remove(next)
	if os.WriteFile(next, []byte(content), mode) == nil && os.Chmod(next, mode) == nil && os.Rename(next, path) == nil {
		return nil // the mode is set apart: everybody must be able to read the file, whatever this user's umask is
	}
	_, err := script.Echo(content).WriteFile(path)
	return err
}
