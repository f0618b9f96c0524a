package appbench

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/develop/toolchain"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

func TestALoadIsReadFromWhatVegetaReports(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t,
		runner.Reply{Prefix: "vegeta report",
			Output: `{"latencies":{"50th":2000000,"99th":12500000},"throughput":49.9,"success":1}`})
	fake.Allow("vegeta attack")
	b := Bench{Toolchain: toolchain.Toolchain{Runner: fake}}
	l, err := b.attack(t.Context(), &target{name: "todos", url: "http://127.0.0.1:1/api/todos", header: "Cookie: a=b"},
		50, 15*time.Second)
	require.NoError(t, err)
	assert.InDelta(t, 12.5, milliseconds(l.Latencies.P99), 1e-9)
	assert.InDelta(t, 49.9, l.Throughput, 1e-9)
	attack := fake.Calls()[0]
	assert.Contains(t, attack.Line, "vegeta attack -rate 50 -duration 15s -max-workers 8 ")
	assert.Equal(t, "GET http://127.0.0.1:1/api/todos\n", attack.Stdin)
}

func TestOneBadRoundDoesNotCount(t *testing.T) {
	t.Parallel()
	assert.InDelta(t, 2.1, median([]float64{2.1, 0.4, 2.3}), 1e-9)
}

func TestFiguresOfRequestsThatFailedAreNone(t *testing.T) {
	t.Parallel()
	fake := runner.NewFake(t,
		runner.Reply{Prefix: "vegeta report",
			Output: `{"throughput":900,"success":0.25,"errors":["401 Unauthorized"]}`})
	fake.Allow("vegeta attack")
	b := Bench{Toolchain: toolchain.Toolchain{Runner: fake}}
	_, err := b.attack(t.Context(), &target{name: "todos"}, 50, time.Second)
	assert.EqualError(t, err,
		"putting load on the list of todos: only 25.0 % of the requests were answered: 401 Unauthorized")
}

func TestImagesAreMeasuredAboveTheirBasesWhereTheyAreThere(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	testkit.WriteFiles(t, root,
		map[string]string{".dockerignore": "", "backend/Dockerfile": "", "frontend/Dockerfile": ""})
	size := "docker image inspect --format {{.Size}} "
	fake := runner.NewFake(t,
		runner.Reply{Prefix: "docker image inspect --format {{.Os}}", Output: "linux/amd64 sha256:p\nlinux/amd64 sha256:n"},
		runner.Reply{Prefix: size + "todo-backend:", Output: "205000000"},
		runner.Reply{Prefix: size + images.Bases()[0], Output: "125000000"},
		runner.Reply{Prefix: size + "todo-frontend:", Fails: "No such image"},
		runner.Reply{Prefix: size + images.Bases()[1], Output: "200000000"},
	)
	b := Bench{Toolchain: toolchain.Toolchain{Runner: fake}, Images: images.Builder{Runner: fake, Root: root}}
	rows, err := b.sizes(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []row{
		{"image of the backend, above its base", "80 MB", "≤ 90 MB", "✓"},
		{"image of the frontend, above its base", "not built: `mage run` does", "≤ 120 MB", ""},
	}, rows)
}

func TestLighthousesWorstMedianDecides(t *testing.T) {
	t.Parallel()
	scores := map[string][]float64{"performance": {0.92, 0.99, 0.97}, "accessibility": {1, 1, 1},
		"best-practices": {1, 1, 1}, "seo": {1, 1, 1}}
	assert.Equal(t,
		row{"Lighthouse, as a slow phone", "performance 97, accessibility 100, best practices 100, seo 100",
			"≥ 95 each", "✓"}, scored(scores))
	scores["seo"] = []float64{0.94, 1, 0.9}
	assert.Equal(t, "missed", scored(scores).verdict)
}

func TestAMissedBarIsToldAndIsNoError(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "✓", within(25, 25))
	assert.Equal(t, "missed", within(25.1, 25))
	var out strings.Builder
	Bench{Report: report.Plain(&out)}.print([]row{{"list", "30.0 ms", "≤ 25 ms", "missed"}})
	assert.Regexp(t, `list +30\.0 ms +≤ 25 ms +missed`, out.String())
}

func TestThePageIsComparedWithThePlainOne(t *testing.T) {
	t.Parallel()
	assert.Equal(t, row{"page of 60 todos, throughput", "30/s (plain page 50/s): 0.60×", "≥ 0.6× the plain page's", "✓"}, costRow(30, 50, 0.6))
	assert.Equal(t, "missed", costRow(29, 50, 0.59).verdict)
}

func TestTodosOfThePageHaveWhatTodosCanHave(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for i := range shortList {
		for field := range todoWithFacts(i) {
			seen[field] = true
		}
	}
	assert.Equal(t, map[string]bool{"title": true, "due": true, "tags": true, "priority": true, "repeat": true, "description": true}, seen)
}
