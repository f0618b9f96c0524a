package chart_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTLSIsForTheHostAndNamesItsCertificate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args     []string
		expected []map[string]any
	}{
		"off": {nil, nil},
		"with a certificate of one's own": {
			[]string{"--set=ingress.host=todo.example.com,ingress.tls.enabled=true,ingress.tls.secretName=certificate"},
			[]map[string]any{{"hosts": []any{"todo.example.com"}, "secretName": "certificate"}},
		},
		"with the controller's": {
			[]string{"--set=ingress.tls.enabled=true"},
			[]map[string]any{{"hosts": []any{"todo.local"}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var spec struct{ TLS []map[string]any }
			render(t, test.args...).get(t, "Ingress", "todo-app").into(t, "spec", &spec)
			assert.Equal(t, test.expected, spec.TLS)
		})
	}
}
