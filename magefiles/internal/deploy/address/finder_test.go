package address

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// reached is a cluster with an ingress: there is one address, and else the port-forward.
type reached struct {
	address, forward Candidate
	fails            error
	asked            int // where a port-forward leads
}

func (r *reached) Addresses(ctx context.Context, forward Forward) ([]Candidate, error) {
	last, err := forward(ctx)
	return []Candidate{r.address, last}, err
}

func (r *reached) Forward(context.Context, int) (Candidate, error) {
	r.asked++
	return r.forward, r.fails
}

func TestTheClusterIsAskedWhereAPortForwardLeadsOnlyWhereNothingElseAnswers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		address func(*testing.T) Candidate
		fails   error
		found   string
		says    string
	}{
		"the node answers": {func(t *testing.T) Candidate { return answering(t, "node IP", pod("one")) }, nil, "node IP", ""},
		"it does not":      {func(t *testing.T) Candidate { return closed(t, "node IP") }, nil, "port-forward", ""},
		"nor does the cluster": {func(t *testing.T) Candidate { return closed(t, "node IP") }, errors.New("no API server"), "",
			"the port-forward 127.0.0.1:8080: no API server; if that is because of its port"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &reached{address: tt.address(t), forward: forward(t).Candidate, fails: tt.fails}
			if tt.fails != nil {
				r.forward = Candidate{}
			}
			f := Finder{Host: quick.host, Cluster: r, Ingress: r, App: quick.app, Port: 8080}
			probed, err := f.Probe(t.Context())
			assert.Equal(t, tt.found == "node IP", err == nil)
			assert.Zero(t, r.asked, "a look starts nothing")
			found, err := f.Reach(t.Context())
			if tt.says != "" {
				require.ErrorContains(t, err, tt.says)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.found, found.Label)
			assert.Equal(t, tt.found != "node IP", r.asked == 1)
			if r.asked == 0 {
				assert.Equal(t, probed, found)
			}
		})
	}
}
