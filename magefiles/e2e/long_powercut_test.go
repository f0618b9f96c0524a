//go:build long && !windows

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/wait"
)

// TestPowerCutsOnKind kills deploys at six places, each in both ways.
func TestPowerCutsOnKind(t *testing.T) {
	powerCuts(t, kind, []place{{"cluster", "starting control-plane"}, {"", "loading "}, {"install", "todo-app-backend"}},
		[]place{{"build", "building backend"}, {"install", "todo-app-backend"}, {step: "verify"}})
}

// TestPowerCutsOnMinikube kills deploys at six places, each in both ways. The first node is removed whole, so that the
// next one begins with its layers.
func TestPowerCutsOnMinikube(t *testing.T) {
	powerCuts(t, minikube,
		[]place{{"cluster", "pulling base image"}, {"cluster", "copying what the last"}, {step: "ingress"}},
		[]place{{"build", "building backend"}, {"install", "todo-app-backend"}, {step: "hosts"}})
}

// place is where a deploy is: in a step, "" for any, which says something, or which begins.
type place struct{ step, says string }

func (p place) String() string { return strings.TrimSpace(p.step + " " + p.says) }

func (p place) reached(e event) bool {
	if p.says == "" {
		return e.Event == "started" && e.Step == p.step
	}
	return (p.step == "" || e.Step == p.step) && strings.Contains(e.Text, p.says)
}

// cuts are the ways in which a run is killed.
var cuts = []struct {
	name string
	kill func(*testing.T, int)
}{
	{"with all that it has started", killAll},
	{"alone", func(t *testing.T, pid int) { kill(t, strconv.Itoa(pid), syscall.SIGKILL) }},
}

// powerCuts cuts first deploys at some places, and upgrades at others.
func powerCuts(t *testing.T, p provider, first, upgrade []place) {
	destroyShared()
	d := newDeployment(t, p)
	d.root = copyOfSources(t, d.root)
	volumes := map[string]bool{}
	for _, at := range first {
		for _, cut := range cuts {
			t.Run(fmt.Sprintf("a first deploy, in %s, %s", at, cut.name), func(t *testing.T) {
				d.must(t, "destroy")
				d.isGone(t)
				left := d.cut(t, at, cut.kill)
				for _, name := range d.volumes() {
					volumes[name] = true
				}
				d.goesOn(t, left)
			})
		}
	}
	d.must(t, "deploy", key)
	v := d.visitor(t)
	for _, at := range upgrade {
		for _, cut := range cuts {
			t.Run(fmt.Sprintf("an upgrade, in %s, %s", at, cut.name), func(t *testing.T) {
				todo := fmt.Sprintf("survive a cut in %s, %s", at, cut.name)
				v.add(t, todo)
				d.save(t, "backend/app/main.py", more("# "+todo))
				d.goesOn(t, d.cut(t, at, cut.kill))
				v.moves(t, d.address(t))
				v.sees(t, todo)
			})
		}
	}
	d.must(t, "destroy")
	d.isGone(t)
	assert.Empty(t, d.markers(t))
	for name := range volumes {
		assert.Empty(t, d.output(t, "docker", "volume", "ls", "--quiet", "--filter", "name=^"+name+"$"))
	}
}

// volumes are those of the node, if there is one.
func (d *deployment) volumes() []string {
	out, _ := d.command(nil, "docker", "inspect", "--format", "{{range .Mounts}}{{.Name}} {{end}}", d.node).Output()
	return strings.Fields(string(out))
}

// cut kills a deploy that has come to a place, and returns what it had started by then.
func (d *deployment) cut(t *testing.T, at place, kill func(*testing.T, int)) (left []process) {
	t.Helper()
	cmd := d.command([]string{key}, d.program, "deploy", "-json")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	reached := false
	out, err := follow(t, cmd, func(e event) {
		if !reached && at.reached(e) {
			reached = true
			for _, pid := range family(t, cmd.Process.Pid) {
				left = append(left, process{pid, started(pid)})
			}
			kill(t, cmd.Process.Pid)
		}
	})
	require.True(t, reached, "it has never come there: %v\n%s", err, out)
	require.ErrorContains(t, err, "signal: killed")
	t.Logf("cut with %d processes beside it:\n%s", len(left), out)
	return left
}

// goesOn deploys again and checks that nothing tells of the cut: no process, lock, container, file or revision is left.
func (d *deployment) goesOn(t *testing.T, left []process) {
	t.Helper()
	out := d.must(t, "deploy", key)
	assert.Contains(t, out, "✓ verify")
	assert.NotContains(t, out, "another run works")
	for _, p := range left {
		wait.Until(t, "process "+p.pid+" to end", func() bool { return p.started == "" || started(p.pid) != p.started })
	}
	assert.Contains(t, d.must(t, "deploy", key), "unchanged (revision ", "nothing has changed it since")
	d.leavesOthersAlone(t)
	hosts, err := os.ReadFile(d.hosts)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(string(hosts), othersHosts), string(hosts))
	assert.Equal(t, strings.Count(othersHosts, "\n")+1, strings.Count(string(hosts), "\n"), string(hosts))
	assert.Equal(t, d.node, d.output(t, "docker", "ps", "--all", "--filter", "name="+profile, "--format", "{{.Names}}"))
	assert.Equal(t, []string{"hosts", "kubeconfig"}, names(t, filepath.Join(filepath.Dir(d.hosts), "*")))
	want := map[string][]string{
		"kind":     {"made-kind-" + profile},
		"minikube": {"made-docker-env-" + profile, "made-minikube-" + profile},
	}
	assert.Equal(t, want[d.name], d.markers(t))
	for _, name := range want[d.name] {
		text, err := os.ReadFile(filepath.Join(usualCache(t), name))
		require.NoError(t, err)
		assert.NotContains(t, string(text), `"Begun":true`, "the creation has ended")
		assert.NotContains(t, string(text), `"Volume":""`, "the creation has ended")
	}
}

// markers are the files by which the deployment remembers what it has made, and what else bears such a name.
func (d *deployment) markers(t *testing.T) []string {
	t.Helper()
	return names(t, filepath.Join(usualCache(t), "made-*-"+profile+"*"))
}

// names are those of the files that match.
func names(t *testing.T, pattern string) (all []string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	for _, file := range files {
		all = append(all, filepath.Base(file))
	}
	return all
}

// event is what a run with -json prints in a line.
type event struct{ Event, Step, Text string }

// follow runs a command that prints events, shows each of them to look at once, and returns all that was printed.
func follow(t *testing.T, cmd *exec.Cmd, look func(event)) (printed string, err error) {
	t.Helper()
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	defer func() { _ = cmd.Process.Kill() }() // where look has ended the test
	for lines := bufio.NewReader(out); ; {
		line, end := lines.ReadBytes('\n')
		printed += string(line)
		var e event
		if json.Unmarshal(line, &e) == nil {
			look(e)
		}
		if end != nil {
			break
		}
	}
	err = cmd.Wait()
	return printed + said.String(), err
}

// family are the processes that come from the leader of a session, also those whose parents have ended.
func family(t *testing.T, leader int) []string {
	t.Helper()
	out, err := exec.Command("ps", "-o", "pid=", "-s", strconv.Itoa(leader)).Output()
	require.NoError(t, err)
	unique := map[string]bool{strconv.Itoa(leader): true}
	var all []string
	for _, pid := range append(descendants(t, leader), strings.Fields(string(out))...) {
		if !unique[pid] {
			unique[pid] = true
			all = append(all, pid)
		}
	}
	return all
}

// killAll kills a run and all that it has started at once: all are stopped first, so that none sees the end of another.
func killAll(t *testing.T, leader int) {
	t.Helper()
	all := []string{strconv.Itoa(leader)}
	for stopped := 0; stopped < len(all); {
		for _, pid := range all[stopped:] {
			kill(t, pid, syscall.SIGSTOP)
		}
		stopped = len(all)
		for _, pid := range family(t, leader) {
			if !slices.Contains(all, pid) {
				all = append(all, pid)
			}
		}
	}
	for _, pid := range all {
		kill(t, pid, syscall.SIGKILL)
	}
}

// kill sends a signal to a process that may have ended.
func kill(t *testing.T, pid string, signal syscall.Signal) {
	t.Helper()
	number, err := strconv.Atoi(pid)
	require.NoError(t, err)
	if err := syscall.Kill(number, signal); !errors.Is(err, syscall.ESRCH) {
		require.NoError(t, err)
	}
}
