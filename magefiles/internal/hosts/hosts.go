// Package hosts maps the app's name to the address that answers, by one marked line of the hosts file. Every other byte
// of the file stays as it is.
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

// mark ends the line that this project writes.
const mark = "# todo-app"

// File is a hosts file.
type File struct{ Path string }

// Ensure makes host resolve to address. Where the file may not be written it says how to do it, and goes on: the app can
// be verified by its address.
func (f File) Ensure(ctx context.Context, host, address string) (string, error) {
	mapping := host + " → " + address
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return host + " needs no entry", nil
	}
	content, err := f.read()
	if err != nil {
		return "", err
	}
	if foreign := lineOfOthers(content, host); foreign != "" {
		if strings.Fields(foreign)[0] == address {
			return mapping + ", unchanged (a line of your own)", nil
		}
		report.Warn(ctx, "%s already maps %s otherwise: %q\nremove that line or set TODO_HOST to another name; going on by address", f.Path, host, foreign)
		return "left as it is", nil
	}
	wanted := withLine(content, host, address)
	if wanted == content {
		return mapping + ", unchanged", nil
	}
	byHand := fmt.Sprintf("echo '%s' | sudo tee -a %s", line(host, address), f.Path)
	if withoutLine(content, host) != content { // the first line of a name counts
		byHand = f.removal(host) + " && " + byHand
	}
	return f.change(ctx, wanted, mapping, byHand)
}

// Check says whether host is mapped to address already, without changing anything.
func (f File) Check(host, address string) (string, error) {
	content, err := f.read()
	if err != nil {
		return "", err
	}
	switch {
	case strings.HasSuffix(host, ".localhost") || withLine(content, host, address) == content:
		return host + " → " + address, nil
	case lineOfOthers(content, host) != "":
		return "", fmt.Errorf("%s maps %s by a line of your own: %q; remove it if it is not %s", f.Path, host, lineOfOthers(content, host), address)
	}
	probe, err := os.OpenFile(f.Path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return "", fmt.Errorf("%s may only be written by root; deploy will tell the one command that maps %s", f.Path, host)
	}
	return "deploy will add " + host, probe.Close()
}

// Remove takes the project's line for host away again.
func (f File) Remove(ctx context.Context, host string) (string, error) {
	content, err := f.read()
	if err != nil {
		return "", err
	}
	wanted := withoutLine(content, host)
	if wanted == content {
		return "no entry", nil
	}
	return f.change(ctx, wanted, "removed "+host, f.removal(host))
}

// removal is the command that takes the project's line for host away.
func (f File) removal(host string) string {
	return fmt.Sprintf("sudo sed -i.bak '/^[^ ]* %s %s$/d' %s", strings.ReplaceAll(host, ".", `\.`), mark, f.Path)
}

func (f File) read() (string, error) {
	content, err := script.File(f.Path).String()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("reading the hosts file: %w", err)
	}
	return content, nil
}

// change writes content, or prints the command that does it where this user may not.
func (f File) change(ctx context.Context, content, done, byHand string) (string, error) {
	err := f.write(content)
	if errors.Is(err, fs.ErrPermission) {
		report.Warn(ctx, "%s may only be written by root; run this once:\n  %s", f.Path, byHand)
		return "left to you", nil
	}
	if err != nil {
		return "", fmt.Errorf("writing the hosts file: %w; or run this once: %s", err, byHand)
	}
	return done, nil
}

// write replaces the file by renaming a complete one over it. Where that cannot be (in a container the file is a mount),
// it is written in place.
func (f File) write(content string) error {
	path, mode := f.Path, fs.FileMode(0o644)
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
