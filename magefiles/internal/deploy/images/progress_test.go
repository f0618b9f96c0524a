package images

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// plain is what `docker build --progress plain` prints.
const plain = `#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 1.21kB done
#1 DONE 0.0s

#4 [internal] load build context
#4 DONE 0.1s

#5 [build 1/4] FROM docker.io/library/python:3.11-slim
#5 CACHED

#6 [build 2/4] RUN --mount=type=secret,id=ca_bundle pip install --require-hashes -r requirements.txt
#6 0.712 Collecting fastapi
#6 1.204 the cache .next/cache: what was kept is broken
#6 DONE 9.8s

#7 [stage-1 2/3] COPY --from=build /venv /venv` + "\r\n" + `#7 DONE 0.3s

#8 exporting to image
`

func TestProgressSaysWhichStageIsBuilt(t *testing.T) {
	t.Parallel()
	want := []string{
		"[build 1/4] FROM docker.io/library/python:3.11-slim",
		"[build 2/4] RUN pip install --require-hashes -r requirements.txt",
		"[stage-1 2/3] COPY --from=build /venv /venv",
	}
	for name, size := range map[string]int{"at once": len(plain), "byte by byte": 1, "in pieces": 7} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var said, stays []string
			p := progress(func(line string) { said = append(said, line) },
				func(line string) { stays = append(stays, line) })
			for rest := plain; rest != ""; {
				n, err := p.Write([]byte(rest[:min(size, len(rest))]))
				require.NoError(t, err)
				rest = rest[n:]
			}
			assert.Equal(t, want, said)
			assert.Equal(t, []string{"the cache .next/cache: what was kept is broken"}, stays)
		})
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}
