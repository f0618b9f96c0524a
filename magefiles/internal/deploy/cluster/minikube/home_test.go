package minikube

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHomeIsWhereMinikubeLooks(t *testing.T) {
	t.Setenv("HOME", "/home/ada")
	for set, want := range map[string]string{
		"": "/home/ada/.minikube", "/data": "/data/.minikube", "/data/.minikube": "/data/.minikube",
	} {
		t.Setenv("MINIKUBE_HOME", set)
		home, err := Home()
		require.NoError(t, err)
		assert.Equal(t, want, home)
	}
}
