//go:build long && !windows

package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestABreakpointIsHitAgainAfterAnEdit holds the debuggers of `dev -debug` to what editors expect of them.
func TestABreakpointIsHitAgainAfterAnEdit(t *testing.T) {
	d := develop(t, developmentSources(t), developmentCache(t), []string{"-debug"})
	t.Run("in a route of the backend", d.debugsBackend)
	t.Run("in the frontend's server code", d.debugsFrontend)
	d.ports = append(d.ports, d.debugger(t, "backend"), d.debugger(t, "frontend's server"))
	d.interrupt(t)
	d.leavesNothing(t)
}

// debugger is the port that dev names for a server's debugger.
func (d *development) debugger(t *testing.T, server string) string {
	t.Helper()
	line := regexp.MustCompile("the debugger of the " + server + " listens at 127.0.0.1:([0-9]+)")
	found := line.FindStringSubmatch(d.text(t))
	require.NotNil(t, found, d.text(t))
	return found[1]
}

func (d *development) debugsBackend(t *testing.T) {
	route := newSourceLine(t, d.cmd.Dir, "backend/app/api/health.py", "settings.app_version")
	v := newVisitor(t, d.url)
	client := attach(t, d.debugger(t, "backend"), route)
	answered := v.getsIn(t, "/api/version", "")
	client.stopsIn(t, "get_version")
	client.goesOn(t)
	<-answered

	// Stopped there, it cannot end by itself. The client attaches again as soon as it hears of the end.
	unanswered := make(chan error, 1)
	go func() { _, _, err := v.request(http.MethodGet, "/api/version", ""); unanswered <- err }()
	client.stopsIn(t, "get_version")
	route.edit(t, "settings.app_version", `settings.app_version + "-edited"`)
	ended := client.until(t, func(m message) bool { return m.Event == "terminated" })
	assert.JSONEq(t, `{"restart": true}`, string(ended.Body))
	client = attach(t, d.debugger(t, "backend"), route)
	answered = v.getsIn(t, "/api/version", "-edited")
	client.stopsIn(t, "get_version")
	client.goesOn(t)
	<-answered
	client.send(t, "disconnect", nil)
	require.NoError(t, <-unanswered)
}

func (d *development) debugsFrontend(t *testing.T) {
	route := newSourceLine(t, d.cmd.Dir, "frontend/app/livez/route.ts", "appVersion()")
	v := newVisitor(t, d.url)
	path := strings.TrimPrefix(route.path, filepath.Join(d.cmd.Dir, "frontend"))
	script, err := filepath.Abs(filepath.Join("testdata", "inspector.mjs"))
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), hang)
	args := []string{"--experimental-websocket", script, d.debugger(t, "frontend's server"), path, strconv.Itoa(route.line)}
	client := exec.CommandContext(ctx, "node", args...)
	client.Stderr = t.Output()
	out, err := client.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, client.Start())
	defer func() { cancel(); _ = client.Wait() }()
	says := bufio.NewScanner(out)
	require.True(t, says.Scan())
	require.Equal(t, "ready", says.Text())
	<-v.getsIn(t, "/livez", "")
	require.True(t, says.Scan())
	assert.Contains(t, says.Text(), "stopped at: const alive")
	assert.NotContains(t, says.Text(), "-edited")
	route.edit(t, "appVersion()", `appVersion() + "-edited"`)
	answered := v.getsIn(t, "/livez", "-edited")
	for says.Scan() && !strings.Contains(says.Text(), "-edited") { // requests until it is compiled
		assert.Contains(t, says.Text(), "stopped at: const alive")
	}
	assert.Contains(t, says.Text(), "stopped at: const alive")
	<-answered
}

// sourceLine is a line of a file of the sources.
type sourceLine struct {
	path string
	line int
}

// newSourceLine is the only one that has text.
func newSourceLine(t *testing.T, root, path, text string) sourceLine {
	t.Helper()
	at := sourceLine{path: filepath.Join(root, path)}
	content, err := os.ReadFile(at.path)
	require.NoError(t, err)
	lines := strings.Split(string(content), "\n")
	has := func(line string) bool { return strings.Contains(line, text) }
	at.line = slices.IndexFunc(lines, has) + 1
	require.Positive(t, at.line, "%s has %s", path, text)
	return at
}

func (s sourceLine) edit(t *testing.T, old, text string) {
	t.Helper()
	content, err := os.ReadFile(s.path)
	require.NoError(t, err)
	// As a file of its own: the one beside it may be the same as in this clone.
	require.NoError(t, os.Remove(s.path))
	require.NoError(t, os.WriteFile(s.path, []byte(strings.Replace(string(content), old, text, 1)), 0o644))
}

// getsIn asks for a path in the background until the answer is a good one that holds text, or the test has ended.
func (v *visitor) getsIn(t *testing.T, path, text string) <-chan struct{} {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for t.Context().Err() == nil {
			status, body, err := v.request(http.MethodGet, path, "")
			if err == nil && status == http.StatusOK && strings.Contains(body, text) {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	return done
}

// hang is longer than anything takes that ends.
const hang = 10 * time.Minute

// debugClient speaks the Debug Adapter Protocol: https://microsoft.github.io/debug-adapter-protocol/specification
type debugClient struct {
	conn   net.Conn
	in     *textproto.Reader
	sent   int
	thread int // that stands
}

type message struct {
	Type, Event, Command, Message string
	Success                       bool
	Body                          json.RawMessage
}

// attach connects as the configuration in .vscode/launch.json does, with a breakpoint.
func attach(t *testing.T, port string, at sourceLine) *debugClient {
	t.Helper()
	conn, err := net.Dial("tcp", "127.0.0.1:"+port)
	require.NoError(t, err)
	require.NoError(t, conn.SetDeadline(time.Now().Add(hang)))
	t.Cleanup(func() { _ = conn.Close() })
	c := &debugClient{conn: conn, in: textproto.NewReader(bufio.NewReader(conn))}
	c.send(t, "initialize", map[string]any{"adapterID": "debugpy"})
	c.send(t, "attach", map[string]any{"connect": map[string]any{"host": "127.0.0.1", "port": port}})
	c.until(t, func(m message) bool { return m.Event == "initialized" })
	c.send(t, "setBreakpoints", map[string]any{
		"source": map[string]any{"path": at.path}, "breakpoints": []any{map[string]any{"line": at.line}},
	})
	c.send(t, "configurationDone", nil)
	c.until(t, func(m message) bool { return m.Command == "attach" })
	return c
}

func (c *debugClient) send(t *testing.T, command string, arguments any) {
	t.Helper()
	c.sent++
	text, err := json.Marshal(map[string]any{"seq": c.sent, "type": "request", "command": command, "arguments": arguments})
	require.NoError(t, err)
	_, err = fmt.Fprintf(c.conn, "Content-Length: %d\r\n\r\n%s", len(text), text)
	require.NoError(t, err)
}

// until reads to a message that suits.
func (c *debugClient) until(t *testing.T, suits func(message) bool) message {
	t.Helper()
	for {
		header, err := c.in.ReadMIMEHeader()
		require.NoError(t, err)
		length, err := strconv.Atoi(header.Get("Content-Length"))
		require.NoError(t, err)
		text := make([]byte, length)
		_, err = io.ReadFull(c.in.R, text)
		require.NoError(t, err)
		var m message
		require.NoError(t, json.Unmarshal(text, &m))
		require.True(t, m.Type != "response" || m.Success, "%s", text)
		if suits(m) {
			return m
		}
	}
}

// stopsIn waits for the breakpoint to be hit, in a function.
func (c *debugClient) stopsIn(t *testing.T, function string) {
	t.Helper()
	var stopped struct {
		Reason   string
		ThreadID int `json:"threadId"`
	}
	hit := c.until(t, func(m message) bool { return m.Event == "stopped" })
	require.NoError(t, json.Unmarshal(hit.Body, &stopped))
	require.Equal(t, "breakpoint", stopped.Reason)
	c.thread = stopped.ThreadID
	c.send(t, "stackTrace", map[string]any{"threadId": c.thread})
	trace := c.until(t, func(m message) bool { return m.Command == "stackTrace" })
	var stack struct{ StackFrames []struct{ Name string } }
	require.NoError(t, json.Unmarshal(trace.Body, &stack))
	require.NotEmpty(t, stack.StackFrames)
	assert.Equal(t, function, stack.StackFrames[0].Name)
}

func (c *debugClient) goesOn(t *testing.T) {
	t.Helper()
	c.send(t, "continue", map[string]any{"threadId": c.thread})
}
