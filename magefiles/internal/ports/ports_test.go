package ports

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAPortThatAServerHasIsNotGivenOut(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	taken := l.Addr().(*net.TCPAddr).Port
	other, err := Hold(taken)
	require.NoError(t, err)
	assert.NotEqual(t, taken, other)
}

func TestAWantedPortThatIsFreeIsGivenOutOnce(t *testing.T) {
	t.Parallel()
	given := 0
	for wanted := 19000; given == 0; wanted++ { // some may be taken for good
		port, err := Hold(wanted)
		require.NoError(t, err)
		if port == wanted {
			given = port
		}
	}
	again, err := Hold(given)
	require.NoError(t, err)
	assert.NotEqual(t, given, again)
}

// TestNoTwoProcessesHoldOnePort runs itself in processes of their own, which all hold ports at the same time.
func TestNoTwoProcessesHoldOnePort(t *testing.T) {
	t.Parallel()
	if os.Getenv("HOLD_PORTS") != "" {
		for range 5 {
			port, err := Hold()
			require.NoError(t, err)
			fmt.Println("port", port)
		}
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n') // until the test has seen every process's ports
		return
	}
	var mu sync.Mutex
	holders := map[int]int{}
	var all sync.WaitGroup
	for range 4 {
		holder := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		holder.Env = append(os.Environ(), "HOLD_PORTS=1")
		keep, err := holder.StdinPipe()
		require.NoError(t, err)
		out, err := holder.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, holder.Start())
		t.Cleanup(func() { _ = keep.Close(); _ = holder.Wait() })
		all.Go(func() {
			lines := bufio.NewScanner(out)
			for n := 0; n < 5 && lines.Scan(); {
				if text, found := strings.CutPrefix(lines.Text(), "port "); found {
					port, _ := strconv.Atoi(text)
					mu.Lock()
					holders[port]++
					mu.Unlock()
					n++
				}
			}
		})
	}
	all.Wait()
	assert.Len(t, holders, 20, "every port is of one process alone: %v", holders)
}
