package hosts

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"todo-app/magefiles/internal/runner"
)

// refuse is what a file does that this user may not write.
func refuse(path, _ string) error {
	return &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
}

// granted is the sudo and the elevated PowerShell of a user who allows it, for the file at path.
type granted struct {
	*runner.Fake
	path    string
	before  func() // what happens while it is being asked for
	scripts []string
}

func grant(t *testing.T, path, powershell string) *granted {
	t.Helper()
	g := &granted{path: path}
	g.Fake = runner.NewFake(t, runner.Reply{Prefix: "sudo -p ", Does: g.asked},
		runner.Reply{Prefix: "sudo tee ", Does: g.tee},
		runner.Reply{Prefix: powershell + " -NoProfile ", Does: g.elevated})
	return g
}

func (g *granted) asked(context.Context, runner.Command) error {
	if g.before != nil {
		g.before()
	}
	return nil
}

func (g *granted) tee(_ context.Context, c runner.Command) error {
	text, err := io.ReadAll(c.Stdin)
	if err != nil {
		return err
	}
	return os.WriteFile(g.path, text, 0o644)
}

var (
	command = regexp.MustCompile(`'-EncodedCommand','([A-Za-z0-9+/=]+)'$`)
	splice  = regexp.MustCompile(`(?s)\$text\.Remove\((\d+), (\d+)\)\.Insert\((\d+), '(.*)'\)\n`)
	hash    = regexp.MustCompile(`\.Hash -ne '([0-9A-F]{64})'`)
)

// elevated does what the script says, which is all that a test without Windows can do with it.
func (g *granted) elevated(ctx context.Context, c runner.Command) error {
	if err := g.asked(ctx, c); err != nil {
		return err
	}
	raw, err := base64.StdEncoding.DecodeString(command.FindStringSubmatch(c.Args[len(c.Args)-1])[1])
	if err != nil {
		return err
	}
	var units []uint16
	for i := 0; i+1 < len(raw); i += 2 {
		units = append(units, uint16(raw[i])|uint16(raw[i+1])<<8)
	}
	script := string(utf16.Decode(units))
	g.scripts = append(g.scripts, script)
	content, err := os.ReadFile(g.path)
	if err != nil {
		return err
	}
	if hash.FindStringSubmatch(script)[1] != fmt.Sprintf("%X", sha256.Sum256(content)) {
		return nil // Start-Process does not tell its child's exit status
	}
	found := splice.FindStringSubmatch(script)
	at, _ := strconv.Atoi(found[1])
	length, _ := strconv.Atoi(found[2])
	fresh := strings.ReplaceAll(found[4], "''", "'")
	var bytes []byte
	for _, r := range fresh {
		bytes = append(bytes, byte(r))
	}
	return os.WriteFile(g.path, []byte(string(content[:at])+string(bytes)+string(content[at+length:])), 0o644)
}

// guarded is a machine whose only file may be written with rights that somebody gives.
func guarded(t *testing.T, system System, content string) (Machine, *granted) {
	t.Helper()
	path := hostsFile(t, content)
	const powershell = "powershell.exe"
	g := grant(t, path, powershell)
	return Machine{
		Owner:      me,
		Runner:     g,
		System:     system,
		Terminal:   true,
		own:        path,
		powershell: powershell,
		replace:    refuse,
	}, g
}
