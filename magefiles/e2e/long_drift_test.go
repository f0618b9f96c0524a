//go:build long

package e2e

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhatSomebodyChangedByHandIsNamedAndSetBack changes the live objects as people do, and deploys the same again.
func TestWhatSomebodyChangedByHandIsNamedAndSetBack(t *testing.T) {
	d, v := shared(t, kind)
	replace := func(object, path, value string) []string {
		patch := fmt.Sprintf(`[{"op":"replace","path":%q,"value":%q}]`, path, value)
		return []string{"patch", object, "--type=json", "--patch", patch}
	}
	password := d.kubectl(t, "get", "secret", "todo-app-postgres", "-o", "jsonpath={.data.POSTGRES_PASSWORD}")
	require.NotEmpty(t, password)
	for _, tt := range []struct {
		name   string
		change []string
		says   string
	}{
		{"no pod is wanted", []string{"scale", "deployment/todo-app-backend", "--replicas=0"},
			"deployment/todo-app-backend: spec.replicas is 0, but should be 1"},
		{"an image that is nowhere", []string{"set", "image", "deployment/todo-app-frontend", "frontend=todo-frontend:nope"},
			"spec.template.spec.containers[frontend].image is todo-frontend:nope, but should be "},
		{"a Service that leads elsewhere",
			replace("service/todo-app-backend", "/spec/selector/app.kubernetes.io~1component", "x"),
			"service/todo-app-backend: spec.selector.app.kubernetes.io/component is x, but should be backend"},
		{"an Ingress of another host",
			replace("ingress/todo-app", "/spec/rules/0/host", "other.local"),
			"ingress/todo-app: spec.rules[0].host is other.local, but should be " + host},
		{"a label that is gone", []string{"label", "service/todo-app-frontend", "app.kubernetes.io/name-"},
			"service/todo-app-frontend: metadata.labels.app.kubernetes.io/name is not set"},
		{"another database password",
			replace("secret/todo-app-postgres", "/data/POSTGRES_PASSWORD", "b3RoZXJvdGhlcm90aGVy"),
			"secret/todo-app-postgres: data.POSTGRES_PASSWORD is another"},
		{"a Service that is gone", []string{"delete", "service/todo-app-frontend"}, "service/todo-app-frontend is gone"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d.kubectl(t, tt.change...)
			out := d.must(t, "deploy", key)
			assert.Contains(t, out, tt.says)
			assert.NotContains(t, out, "b3RoZXJvdGhlcm90aGVy")
			assert.NotContains(t, out, password)
			v.sees(t, "survive everything")
			assert.Contains(t, d.must(t, "deploy", key), "unchanged (revision ", "and the next deploy finds nothing")
		})
	}
	assert.Equal(t, password, d.kubectl(t, "get", "secret", "todo-app-postgres", "-o", "jsonpath={.data.POSTGRES_PASSWORD}"))
}

// TestWhatRefusesAPodIsToldInSeconds has the cluster refuse the pods of an upgrade.
func TestWhatRefusesAPodIsToldInSeconds(t *testing.T) {
	d, v := shared(t, kind)
	report := regexp.MustCompile(`for a bug report: (\S+)`)
	for _, tt := range []struct {
		name         string
		make, remove []string
		says         []string
	}{
		{"a quota", []string{"create", "quota", "tight", "--hard=pods=3"}, []string{"delete", "quota", "tight"},
			[]string{"exceeded quota: tight", "what to do"}},
		{"a missing ServiceAccount", []string{"delete", "serviceaccount", "todo-app"}, nil, nil}, // the upgrade makes it
	} {
		t.Run(tt.name, func(t *testing.T) {
			d.kubectl(t, tt.make...)
			if tt.says == nil {
				d.must(t, "deploy", key)
				return
			}
			began := time.Now()
			out := d.fails(t, "deploy", key, "OPENAI_MODEL=another")
			t.Logf("%s: told after %s", tt.name, time.Since(began).Round(time.Second))
			d.kubectl(t, tt.remove...)
			for _, text := range tt.says {
				assert.Contains(t, out, text)
			}
			assert.NotContains(t, out, "deadline exceeded")
			path := report.FindStringSubmatch(out)
			require.NotNil(t, path, "the report is named: %s", out)
			story, err := os.ReadFile(strings.TrimRight(path[1], "."))
			require.NoError(t, err)
			for _, part := range []string{"== What failed", "== Steps", "== Settings", "doctor", "exceeded quota"} {
				assert.Contains(t, string(story), part)
			}
			assert.NotContains(t, string(story), sentinel)
			v.sees(t, "survive everything")
		})
	}
	d.must(t, "deploy", key)
}
