package testsuite

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGoEventsCountTestsAndKeepFailures(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lines    []string
		want     Counts
		failures []string
	}{
		"a parent is not counted beside its subtests": {
			lines: []string{
				`{"Action":"pass","Package":"p","Test":"TestA/x y"}`,
				`{"Action":"skip","Package":"p","Test":"TestA/z"}`,
				`{"Action":"pass","Package":"p","Test":"TestA"}`,
				`{"Action":"pass","Package":"p","Test":"TestB"}`,
				`{"Action":"pass","Package":"p"}`,
			},
			want: Counts{Passed: 2, Skipped: 1},
		},
		"the same name in two packages is two tests": {
			lines: []string{`{"Action":"pass","Package":"p","Test":"TestA"}`,
				`{"Action":"pass","Package":"q","Test":"TestA"}`},
			want: Counts{Passed: 2},
		},
		"a failed test shows its output": {
			lines: []string{
				`{"Action":"output","Package":"p","Test":"TestA","Output":"boom\n"}`,
				`{"Action":"fail","Package":"p","Test":"TestA"}`,
			},
			want: Counts{Failed: 1}, failures: []string{"boom\n"},
		},
		"a package that does not build is a failure": {
			lines: []string{
				`# go: downloading something`,
				`{"ImportPath":"p","Action":"build-output","Output":"undefined: x\n"}`,
				`{"ImportPath":"p","Action":"build-fail"}`,
			},
			want: Counts{Failed: 1}, failures: []string{"undefined: x\n"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var followed int
			events := newGoEvents(func(goEvent) { followed++ })
			for _, line := range c.lines {
				events.read(line)
			}
			assert.Equal(t, c.want, events.Counts)
			assert.Equal(t, c.failures, events.Failures)
			assert.NotZero(t, followed)
		})
	}
}

func TestJUnitReportsAreCountedAtEveryDepth(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "report.xml")
	require.NoError(t, os.WriteFile(path, []byte(`<?xml version="1.0"?>
<testsuites><testsuite name="a">
  <testcase classname="a" name="passes"/>
  <testcase classname="a" name="fails"><failure message="x">trace</failure></testcase>
  <testsuite name="inner"><testcase classname="b" name="skipped"><skipped/></testcase>
    <testcase classname="b" name="cannot start"><error>x</error></testcase></testsuite>
</testsuite></testsuites>`), 0o600))
	tests, err := readJUnit(path)
	require.NoError(t, err)
	assert.Equal(t, Counts{Passed: 1, Failed: 2, Skipped: 1}, tests.count())
}

func TestAMissingReportIsAnError(t *testing.T) {
	t.Parallel()
	_, err := readJUnit(filepath.Join(t.TempDir(), "none.xml"))
	assert.ErrorContains(t, err, "reading the test report")
}

func TestOnlyChoosesLayersInTheirOrder(t *testing.T) {
	t.Parallel()
	all, err := Choose("", "")
	require.NoError(t, err)
	assert.Equal(t, []string{"unit", "backend", "frontend", "chart", "e2e", "minikube"}, all)
	some, err := Choose("chart, unit", "TestX")
	require.NoError(t, err)
	assert.Equal(t, []string{"chart", "unit"}, some)
	one, err := Choose("", "TestX")
	require.NoError(t, err)
	assert.Equal(t, []string{"long"}, one, "where a test is named alone")
	_, err = Choose("units", "")
	assert.ErrorContains(t, err, `no layer "units"; -only takes unit, backend`)
}
