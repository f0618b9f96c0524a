package kube

import (
	"os"
	"path/filepath"
	"testing"

	"todo-app/magefiles/internal/testkit"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCurrentContextIsTheFirstThatAFileChooses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	none := file("none", "apiVersion: v1\nkind: Config\ncontexts: []\ncurrent-context: \"\"\n")
	work := file("work", "apiVersion: v1\ncurrent-context: work\nkind: Config\n")
	home := file("home", `{"current-context": "home"}`)
	broken := file("broken", "current-context: [")
	absent := filepath.Join(dir, "absent")
	for name, tt := range map[string]struct {
		files      []string
		want, says string
	}{
		"of one file":                          {[]string{work}, "work", ""},
		"of two":                               {[]string{work, home}, "work", ""},
		"after a file that chooses none":       {[]string{none, home, work}, "home", ""},
		"after a file that is not there":       {[]string{absent, home}, "home", ""},
		"and none where no file chooses one":   {[]string{none, absent}, "", "kubectl config use-context NAME"},
		"and none where a file cannot be read": {[]string{broken, home}, "", "reading the kubeconfig " + broken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := CurrentContext(tt.files)
			assert.Equal(t, tt.want, got)
			testkit.ErrorSays(t, err, tt.says)
		})
	}
}
