package chart_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// exception is what is not followed of kube-score, by the file kube-score.yaml.
type exception struct {
	Check             string
	Objects, Variants []string // no variants are all
	Why               string
}

// allows reports whether kube-score may object to that object of a variant.
func (e exception) allows(variant, check, object string) bool {
	return e.Check == check && slices.Contains(e.Objects, object) &&
		(e.Variants == nil || slices.Contains(e.Variants, variant))
}

// finding is what kube-score says of an object.
type finding struct{ check, object, says string }

// full is the grade of what kube-score has nothing to say about.
const full = 10

// score is what kube-score finds in a variant of the chart.
func score(t *testing.T, file string) []finding {
	t.Helper()
	rendered, diagnostics, err := template(t, "--values="+file)
	require.NoError(t, err, diagnostics)
	// It exits with an error where it finds something.
	out, diagnostics, _ := runTool(t, kubeScore, rendered, "score", "--output-format=json", "--kubernetes-version=v1.30",
		"--enable-optional-test=container-seccomp-profile", "--enable-optional-test=container-ports-check", "-")
	var objects []struct {
		Object struct{ Name string } `json:"object_meta"`
		Checks []struct {
			Check    struct{ ID string }
			Grade    int
			Skipped  bool
			Comments []struct{ Path, Summary string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &objects), "%s%s", out, diagnostics)
	require.NotEmpty(t, objects)
	var found []finding
	for _, o := range objects {
		for _, c := range o.Checks {
			if !c.Skipped && c.Grade < full {
				_, name, _ := strings.Cut(strings.Replace(o.Object.Name, "todo-app", "app", 1), "-")
				found = append(found, finding{c.Check.ID, name, c.Comments[0].Path + ": " + c.Comments[0].Summary})
			}
		}
	}
	return found
}

func TestKubeScoreIsFollowedOrTheReasonIsNamed(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("kube-score.yaml")
	require.NoError(t, err)
	var exceptions []exception
	require.NoError(t, yaml.UnmarshalStrict(text, &exceptions))
	var mutex sync.Mutex
	used := map[string]bool{} // check and object
	t.Run("variants", func(t *testing.T) {
		for name, file := range variants(t) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				for _, f := range score(t, file) {
					known := slices.ContainsFunc(exceptions, func(e exception) bool { return e.allows(name, f.check, f.object) })
					assert.True(t, known, "%s of %s: %s", f.check, f.object, f.says)
					mutex.Lock()
					used[f.check+" "+f.object] = true
					mutex.Unlock()
				}
			})
		}
	})
	for _, e := range exceptions {
		assert.NotEmpty(t, e.Why, e.Check)
		for _, object := range e.Objects {
			assert.True(t, used[e.Check+" "+object], "nothing needs the exception %s of %s any more", e.Check, object)
		}
	}
}
