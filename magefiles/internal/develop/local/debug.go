package local

import (
	"context"
	_ "embed"
	"strconv"
)

//go:embed debug.py
var debugScript string

// DebugBackend is StartBackend under a debugger, which clients reach at the port debugger of 127.0.0.1, and which runs
// the backend again when its sources change.
func (a *App) DebugBackend(ctx context.Context, port, debugger int, database string, env ...string) (*Server, error) {
	return a.runBackend(ctx, []string{"-c", debugScript, strconv.Itoa(debugger)}, port, database, env)
}

// Inspected are the options of DevelopFrontend for Node.js' inspector, which clients reach at a port of 127.0.0.1.
func Inspected(port int) []string { return []string{"--inspect", "127.0.0.1:" + strconv.Itoa(port)} }
