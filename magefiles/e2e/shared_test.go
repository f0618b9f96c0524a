//go:build long

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// standing is the deployment that long tests share, one after the other, until one of them takes another kind of
// cluster: no machine need hold both.
var standing *deployment

// shared is that deployment as a deploy leaves it, whatever the test before did to it, and a visitor who has a todo.
func shared(t *testing.T, p provider) (*deployment, *visitor) {
	t.Helper()
	if standing != nil && standing.provider != p {
		destroyShared()
	}
	if standing == nil {
		folder, err := os.MkdirTemp("", "todo-app-e2e-")
		require.NoError(t, err)
		standing = deploymentIn(t, folder, p)
		atEnd = destroyShared
	}
	standing.must(t, "deploy", key)
	v := standing.visitor(t)
	v.add(t, "survive everything")
	v.sees(t, "survive everything")
	return standing, v
}

// destroyShared removes it, so that the name of its cluster is free.
func destroyShared() {
	if standing == nil {
		return
	}
	if out, err := standing.mage("destroy"); err != nil {
		fmt.Fprintf(os.Stderr, "destroying the %s cluster under test: %v\n%s", standing.name, err, out)
	}
	_ = os.RemoveAll(filepath.Dir(standing.hosts))
	standing = nil
}
