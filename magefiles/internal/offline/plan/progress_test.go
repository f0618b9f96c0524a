package plan

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// at is a plan some time after its jobs began.
func at(jobs ...*job) *Plan {
	p := New("")
	for _, j := range jobs {
		p.jobs[j.Artifact] = j
	}
	return p
}

func TestFarAddsUpCompilersAndLetsTheRestRunBesideThem(t *testing.T) {
	t.Parallel()
	now := time.Now()
	p := at(
		&job{Artifact: &Artifact{Name: "a", Lane: Compile, Takes: 4 * time.Minute}, state: running,
			began: now.Add(-time.Minute)},
		&job{Artifact: &Artifact{Name: "b", Lane: Compile, Takes: 2 * time.Minute}},
		&job{Artifact: &Artifact{Name: "c", Lane: Image, Takes: time.Minute}},
		&job{Artifact: &Artifact{Name: "d", Lane: Network, Takes: time.Minute}, state: made, took: time.Minute},
	)
	assert.Equal(t, "1 of 4, 25%, about 5 min left", p.far(now))
}

func TestFarFollowsTheLongestChain(t *testing.T) {
	t.Parallel()
	now := time.Now()
	a := &Artifact{Name: "a", Lane: Image, Takes: 2 * time.Minute}
	b := &Artifact{Name: "b", Lane: Image, Takes: 3 * time.Minute, Needs: []*Artifact{a}, Then: time.Hour}
	assert.Equal(t, "0 of 2, 0%, about 5 min left", at(&job{Artifact: a}, &job{Artifact: b}).far(now))
}

func TestFarKeepsThePaceOfTheMachine(t *testing.T) {
	t.Parallel()
	now := time.Now()
	p := at(
		&job{Artifact: &Artifact{Name: "a", Lane: Compile, Takes: time.Minute}, state: made, took: 3 * time.Minute},
		&job{Artifact: &Artifact{Name: "b", Lane: Compile, Takes: 2 * time.Minute}},
	)
	assert.Equal(t, "1 of 2, 33%, about 6 min left", p.far(now))
}

func TestAJobThatSaysHowFarItIsOverrulesItsEstimate(t *testing.T) {
	t.Parallel()
	now := time.Now()
	j := &job{Artifact: &Artifact{Lane: Compile, Takes: time.Minute}, state: running, began: now.Add(-2 * time.Minute),
		share: 0.25}
	assert.Equal(t, 8*time.Minute, j.span(now, 1))
}

func TestAJobThatTakesLongerThanEstimatedIsNeverQuiteDone(t *testing.T) {
	t.Parallel()
	now := time.Now()
	j := &job{Artifact: &Artifact{Takes: time.Minute}, state: running, began: now.Add(-time.Hour)}
	assert.Greater(t, j.span(now, 1), time.Hour)
}

func TestShareReachesTheJobThatIsMade(t *testing.T) {
	t.Parallel()
	p := New(t.TempDir())
	var share float64
	a := &Artifact{Name: "a", Ready: func(context.Context) (bool, error) { return false, nil }}
	a.Make = func(ctx context.Context) error {
		Share(ctx, 0.5)
		p.mu.Lock()
		defer p.mu.Unlock()
		share = p.jobs[a].share
		return nil
	}
	assert.NoError(t, p.Make(t.Context(), a))
	assert.InDelta(t, 0.5, share, 0)
	Share(t.Context(), 0.5) // where nothing is made, it says it to nobody
}

func TestAboutRounds(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "under a minute", about(44*time.Second))
	assert.Equal(t, "about 1 min", about(50*time.Second))
	assert.Equal(t, "about 2 min", about(100*time.Second))
}
