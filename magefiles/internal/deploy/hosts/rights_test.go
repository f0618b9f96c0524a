package hosts

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/runner"
)

func TestRightsAreAskedForOnATerminalAndTheFileIsTheSameAfterwards(t *testing.T) {
	t.Parallel()
	for _, system := range []System{Linux, MacOS, Windows} {
		for _, name := range []string{
			"ubuntu", "macos-docker-desktop", "windows-11", "windows-bom", "windows-unterminated", "latin1-no-newline",
			"empty",
		} {
			t.Run(string(system)+" "+name, func(t *testing.T) {
				t.Parallel()
				before := captured(t, name)
				m, _ := guarded(t, system, before)
				note, printed := ensure(t, m)
				assert.Equal(t, "todo.local → 127.0.0.1", note)
				assert.NotContains(t, printed, "run this once")
				assert.Equal(t, entry{host: "todo.local", owner: me, address: "127.0.0.1", end: m.lineEnd()}.addTo(before),
					text(t, m.own))

				note, _ = step(t, func(ctx context.Context) (string, error) {
					return m.Ensure(ctx, "todo.local", Addresses{Here: "192.168.49.2"})
				})
				assert.Equal(t, "todo.local → 192.168.49.2", note)
				note, _ = remove(t, m)
				assert.Equal(t, "removed todo.local", note)
				assert.Equal(t, before, text(t, m.own), "byte for byte")
			})
		}
	}
}

func TestSudoAsksFirstAndReadsTheFileThen(t *testing.T) {
	t.Parallel()
	m, g := guarded(t, Linux, "a\n")
	g.before = func() { require.NoError(t, os.WriteFile(m.own, []byte("a\nwritten meanwhile\n"), 0o644)) }
	ensure(t, m)
	assert.Equal(t, []runner.Call{
		{Line: "sudo -p Password of %p, to write " + m.own + ":  -v"},
		{Line: "sudo tee " + m.own, Stdin: "a\nwritten meanwhile\n" + ours},
	}, g.Calls())
}

func TestPowerShellsArgumentsAndScript(t *testing.T) {
	t.Parallel()
	m, g := guarded(t, Windows, captured(t, "windows-11"))
	ensure(t, m)
	require.Len(t, g.scripts, 1)
	assert.Equal(t, strings.Join([]string{
		"$ErrorActionPreference = 'Stop'",
		"$path = '" + m.own + "'",
		"if ((Get-FileHash -LiteralPath $path -Algorithm SHA256).Hash -ne '" +
			fmt.Sprintf("%X", sha256.Sum256([]byte(captured(t, "windows-11")))) + "') { exit 1 }",
		"$latin1 = [Text.Encoding]::GetEncoding(28591)",
		"$text = $latin1.GetString([IO.File]::ReadAllBytes($path))",
		"$text = $text.Remove(824, 0).Insert(824, '127.0.0.1 todo.local # todo-app n@x\r\n')",
		"[IO.File]::WriteAllBytes($path, $latin1.GetBytes($text))",
	}, "\n"), g.scripts[0])
	require.Len(t, g.Calls(), 1)
	assert.Regexp(t,
		`^powershell\.exe -NoProfile -NonInteractive -Command Start-Process -FilePath powershell\.exe -Verb RunAs `+
			`-Wait -WindowStyle Hidden `+
			`-ArgumentList '-NoProfile','-NonInteractive','-EncodedCommand','[A-Za-z0-9+/=]+'$`, g.Lines()[0])
}

func TestElevationLeavesAFileAloneThatChangedMeanwhile(t *testing.T) {
	t.Parallel()
	m, g := guarded(t, Windows, "a\r\n")
	g.before = func() { require.NoError(t, os.WriteFile(m.own, []byte("a\r\nwritten meanwhile\r\n"), 0o644)) }
	note, printed := ensure(t, m)
	assert.Equal(t, "left to you", note)
	assert.Contains(t, printed, "run this once in a PowerShell that was started as administrator")
	assert.Equal(t, "a\r\nwritten meanwhile\r\n", text(t, m.own))
}

func TestArgumentsOfAnElevatedProgramStayShort(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 63) + "." + strings.Repeat("b", 63) + "." + strings.Repeat("c", 60)
	w := elevation{path: `C:\Windows` + windowsFile}
	e := entry{host: long, address: "192.168.49.2", end: "\r\n"}
	assert.LessOrEqual(t, len(encodedCommand(w.script("", e.addTo("")))), argumentLimit)

	const twice = "10.0.0.9 todo.local # todo-app\r\n"
	m, g := guarded(t, Windows, twice+strings.Repeat("0.0.0.0 an.advertiser.example\r\n", 50)+twice)
	note, printed := ensure(t, m)
	assert.Equal(t, "left to you", note)
	assert.Contains(t, printed, "too long")
	assert.Empty(t, g.Lines())
}

func TestTextsAreQuotedForPowerShell(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`C:\Windows`:         `'C:\Windows'`,
		"$env:X `n $(calc)":  "'$env:X `n $(calc)'",
		"it's":               "'it''s'",
		"a‘b’c‚d‛e":          "'a‘‘b’’c‚‚d‛‛e'",
		"'; Remove-Item x;'": "'''; Remove-Item x;'''",
	} {
		assert.Equal(t, want, quote(text))
	}
	assert.Equal(t, "YQDpAA==", encodedCommand("aé"))
}

func TestWhatNobodyAllowsIsLeftToTheUser(t *testing.T) {
	t.Parallel()
	broken := runner.Reply{Prefix: "sudo", Fails: "3 incorrect password attempts"}
	canceled := runner.Reply{Prefix: "powershell", Fails: "The operation was canceled by the user."}
	for name, tt := range map[string]struct {
		system   System
		terminal bool
		reply    runner.Reply
		says     string
		calls    int
	}{
		"a wrong password":            {Linux, true, broken, "3 incorrect password attempts", 1},
		"a refused elevation":         {Windows, true, canceled, "canceled by the user", 1},
		"without a terminal on Linux": {Linux, false, runner.Reply{}, "may only be written by root; run this once:", 0},
		"without a terminal on macOS": {MacOS, false, runner.Reply{}, "may only be written by root; run this once:", 0},
		"without a terminal on Windows": {Windows, false, runner.Reply{},
			"may only be written by an administrator of Windows; run this once in a PowerShell", 0},
		"an elevation that does not write": {Windows, true, runner.Reply{Prefix: "powershell.exe -NoProfile "},
			"was not written: permission denied", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, _ := guarded(t, tt.system, "a\n")
			fake := runner.NewFake(t, tt.reply)
			m.Runner, m.Terminal = fake, tt.terminal
			note, printed := ensure(t, m)
			assert.Equal(t, "left to you", note)
			assert.Contains(t, printed, tt.says)
			assert.Contains(t, printed, "run this once")
			assert.Contains(t, printed, "TODO_HOST=todo.localhost")
			assert.Equal(t, "a\n", text(t, m.own))
			assert.Len(t, fake.Calls(), tt.calls)
		})
	}
}

func TestCommandsForUsers(t *testing.T) {
	t.Parallel()
	root, windows := sudo{path: "/etc/hosts"}, elevation{path: `C:\Windows` + windowsFile}
	const old = "10.0.0.9 todo.local # todo-app\n"
	const file = `'C:\Windows\System32\drivers\etc\hosts'`
	for name, tt := range map[string]struct {
		rights  rights
		content string
		want    string
	}{
		"to add on Linux":         {root, "a\n", "echo '127.0.0.1 todo.local # todo-app n@x' | sudo tee -a /etc/hosts"},
		"to add to an empty file": {root, "", "echo '127.0.0.1 todo.local # todo-app n@x' | sudo tee -a /etc/hosts"},
		"to add where a line has no end": {root, "a",
			`printf '\n%s' '127.0.0.1 todo.local # todo-app n@x' | sudo tee -a /etc/hosts`},
		"to change on Linux": {root, old,
			`sudo sed -i.bak '/^[^ ]* todo\.local # todo-app\( n@x\)\{0,1\}[[:space:]]*$/d' /etc/hosts && echo '127.0.0.1 ` +
				`todo.local # todo-app n@x' | sudo tee -a /etc/hosts`},
		"to add on Windows": {windows, "a\r\n",
			"Add-Content -LiteralPath " + file + " -Value '127.0.0.1 todo.local # todo-app n@x'"},
		"to add where Windows has no end": {windows, "a",
			"Add-Content -LiteralPath " + file + " -Value '','127.0.0.1 todo.local # todo-app n@x'"},
		"to change on Windows": {windows, old,
			"Set-Content -LiteralPath " + file + " -Value (@(Get-Content -LiteralPath " + file +
				`) -notmatch '^\S+ todo\.local # todo-app( n@x)?\s*$'); ` +
				"Add-Content -LiteralPath " + file + " -Value '127.0.0.1 todo.local # todo-app n@x'"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, tt.rights.adding(local, tt.content))
		})
	}
}

func TestInterruptionWhileAPasswordIsAskedForIsNoRefusal(t *testing.T) {
	t.Parallel()
	m, _ := guarded(t, Linux, "a\n")
	cause := errors.New("another step failed")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	_, err := m.Ensure(ctx, "todo.local", loopback)
	assert.ErrorIs(t, err, cause)
}

func TestOtherErrorsOfWritingEndTheStepWithTheCommand(t *testing.T) {
	t.Parallel()
	m, _ := guarded(t, Linux, "a\n")
	m.replace = func(string, string) error { return errors.New("no space left on device") }
	_, err := m.Ensure(t.Context(), "todo.local", loopback)
	assert.ErrorContains(t, err, "writing the hosts file: no space left on device; or run this once: echo ")
}

func TestQuestionThatNobodySeesIsNotWaitedForWithoutEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m, _ := guarded(t, Windows, "a\r\n")
		m.Runner = runner.NewFake(t, runner.Reply{Prefix: "powershell.exe -NoProfile ", Does: runner.Hangs})
		note, printed := ensure(t, m)
		assert.Equal(t, "left to you", note)
		assert.Contains(t, printed, "nobody allowed it within 2m0s")
	})
}
