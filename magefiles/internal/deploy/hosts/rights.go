package hosts

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode/utf16"

	"al.essio.dev/pkg/shellescape"
	"todo-app/magefiles/internal/runner"
)

// elevation writes a file as an administrator of Windows: by a second PowerShell, which Windows asks the user to allow.
type elevation struct {
	runner     runner.Runner
	powershell string // the program
	path       string // as Windows calls the file
}

func (elevation) needed() (by, run string) {
	return "an administrator of Windows", " in a PowerShell that was started as administrator"
}

// argumentLimit is less than what Windows lets the arguments of an elevated program have.
const argumentLimit = 2000

// patience is how long the user may take to answer Windows' question, which is on its desktop: over SSH nobody sees it.
const patience = 2 * time.Minute

func (w elevation) change(ctx context.Context, f file, edit func(string) string) error {
	content, err := f.read()
	if err != nil {
		return err
	}
	encoded := encodedCommand(w.script(content, edit(content)))
	if len(encoded) > argumentLimit {
		return errors.New("the change is too long for an elevated PowerShell")
	}
	// The script is in base64 so that no quotes need to get through two programs that read them.
	start := "Start-Process -FilePath powershell.exe -Verb RunAs -Wait -WindowStyle Hidden -ArgumentList " +
		"'-NoProfile','-NonInteractive','-EncodedCommand','" + encoded + "'"
	ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("nobody allowed it within %s", patience))
	defer cancel()
	return w.runner.Run(ctx, runner.Cmd(w.powershell, "-NoProfile", "-NonInteractive", "-Command", start))
}

// script replaces the bytes in which wanted differs from content, and no others: Latin-1 gives every byte a character
// of its own. It leaves a file alone that has changed while Windows was asking.
func (w elevation) script(content, wanted string) string {
	at, old, fresh := difference(content, wanted)
	return strings.Join([]string{
		"$ErrorActionPreference = 'Stop'",
		"$path = " + quote(w.path),
		fmt.Sprintf("if ((Get-FileHash -LiteralPath $path -Algorithm SHA256).Hash -ne '%X') { exit 1 }",
			sha256.Sum256([]byte(content))),
		"$latin1 = [Text.Encoding]::GetEncoding(28591)",
		"$text = $latin1.GetString([IO.File]::ReadAllBytes($path))",
		fmt.Sprintf("$text = $text.Remove(%d, %d).Insert(%d, %s)", at, len(old), at, quote(latin1(fresh))),
		"[IO.File]::WriteAllBytes($path, $latin1.GetBytes($text))",
	}, "\n")
}

// difference says that wanted is content with fresh in place of old, which is at the byte at.
func difference(content, wanted string) (at int, old, fresh string) {
	shorter := min(len(content), len(wanted))
	for at < shorter && content[at] == wanted[at] {
		at++
	}
	same := 0
	for same < shorter-at && content[len(content)-1-same] == wanted[len(wanted)-1-same] {
		same++
	}
	return at, content[at : len(content)-same], wanted[at : len(wanted)-same]
}

// latin1 reads each byte of s as one character.
func latin1(s string) string {
	var text strings.Builder
	for _, b := range []byte(s) {
		text.WriteRune(rune(b))
	}
	return text.String()
}

var singleQuotes = regexp.MustCompile("['‘’‚‛]") // PowerShell takes any of them for one

// quote makes text a string of PowerShell in which nothing is replaced.
func quote(text string) string { return "'" + singleQuotes.ReplaceAllString(text, "${0}${0}") + "'" }

// encodedCommand is script as PowerShell's -EncodedCommand reads it: base64 of UTF-16.
func encodedCommand(script string) string {
	var bytes []byte
	for _, unit := range utf16.Encode([]rune(script)) {
		bytes = binary.LittleEndian.AppendUint16(bytes, unit)
	}
	return base64.StdEncoding.EncodeToString(bytes)
}

func (w elevation) adding(e entry, content string) string {
	if e.removeFrom(content) != content { // the first line of a name counts
		return w.removing(e) + "; " + w.adding(e, e.removeFrom(content))
	}
	value := quote(e.line())
	if content != "" && !strings.HasSuffix(content, "\n") {
		value = "''," + value // ends the last line first
	}
	return "Add-Content -LiteralPath " + quote(w.path) + " -Value " + value
}

func (w elevation) removing(e entry) string {
	path, pattern := quote(w.path), quote(`^\S+ `+regexp.QuoteMeta(e.host)+" "+mark+e.ownerPattern("( ", ")?")+`\s*$`)
	return fmt.Sprintf("Set-Content -LiteralPath %s -Value (@(Get-Content -LiteralPath %s) -notmatch %s)", path, path,
		pattern)
}

// sudo writes a file as root. It asks for the password on the terminal itself, not on its input.
type sudo struct {
	runner runner.Runner
	path   string
}

func (sudo) needed() (by, run string) { return "root", "" }

// change asks first and reads the file then: it may change while somebody looks for the password.
func (s sudo) change(ctx context.Context, f file, edit func(string) string) error {
	if err := s.runner.Run(ctx, runner.Cmd("sudo", "-p", "Password of %p, to write "+s.path+": ", "-v")); err != nil {
		return err
	}
	content, err := f.read()
	if err != nil {
		return err
	}
	return s.runner.Run(ctx,
		runner.Cmd("sudo", "tee", s.path).WithStdin(strings.NewReader(edit(content))).WithStdout(io.Discard))
}

func (s sudo) adding(e entry, content string) string {
	if e.removeFrom(content) != content { // the first line of a name counts
		return s.removing(e) + " && " + s.adding(e, e.removeFrom(content))
	}
	say := "echo "
	if content != "" && !strings.HasSuffix(content, "\n") { // as entry.addTo does it
		say = `printf '\n%s' `
	}
	return say + shellescape.Quote(e.line()) + " | sudo tee -a " + shellescape.Quote(s.path)
}

// removing understands both GNU's and BSD's sed, which differ in -i without a suffix.
func (s sudo) removing(e entry) string {
	return fmt.Sprintf("sudo sed -i.bak '/^[^ ]* %s %s%s[[:space:]]*$/d' %s", regexp.QuoteMeta(e.host), mark,
		e.ownerPattern(`\( `, `\)\{0,1\}`), shellescape.Quote(s.path))
}

// ownerPattern matches the owner at a line's end, if there is one, between what makes it optional.
func (e entry) ownerPattern(begin, end string) string {
	if e.owner == "" {
		return ""
	}
	return begin + regexp.QuoteMeta(e.owner) + end
}
