package report

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCommandsArePrintedInTheFormThatWorksHere(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	r := Plain(&out)
	r.Commands("go run .", func(program string) string {
		return map[string]string{"kubectl": "/cache/bin/kubectl"}[program]
	})
	for _, tt := range []struct{ text, want string }{
		{"mage logs", "go run . logs"},
		{"remove it (`mage destroy`), then `mage deploy -x`",
			"remove it (`go run . destroy`), then `go run . deploy -x`"},
		{"docker image inspect x, todo-mage deploy, /bin/mage deploy",
			"docker image inspect x, todo-mage deploy, /bin/mage deploy"},
		{"`kubectl get pods` says why; `minikube logs`, kubectl fails",
			"`/cache/bin/kubectl get pods` says why; `minikube logs`, kubectl fails"},
		{"as long as this runs:\n    kubectl port-forward",
			"as long as this runs:\n    /cache/bin/kubectl port-forward"},
		{"layer\n kubectl   7 passed", "layer\n kubectl   7 passed"},
	} {
		assert.Equal(t, tt.want, r.Printable(tt.text))
	}
	r.Print("mage deploy")
	assert.Equal(t, "go run . deploy\n", out.String())
	cause := errors.New("start it with `mage deploy`")
	err := r.PrintableError(cause)
	require.ErrorIs(t, err, cause)
	assert.EqualError(t, err, "start it with `go run . deploy`")
	assert.NoError(t, r.PrintableError(nil))

	interrupted := fmt.Errorf("removing the node: %w", context.Canceled)
	assert.EqualError(t, r.PrintableError(interrupted), "interrupted; the same command goes on from there")
}

func TestTheProgramAtTheRootTellsHowItWasCalled(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "magefile.go"))
	require.NoError(t, err)
	assert.Contains(t, string(text), `os.Setenv("`+CalledAs+`", "go run .")`)
}
