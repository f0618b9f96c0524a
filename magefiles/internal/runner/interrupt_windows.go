package runner

import "os"

// interrupt ends a program: Windows delivers Ctrl-C to the whole console group by itself, and knows no other signal.
func interrupt(p *os.Process) error { return p.Kill() }
