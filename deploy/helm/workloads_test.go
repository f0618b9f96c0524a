package chart_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestImagesAreTaggedWithTheAppVersionUnlessTold(t *testing.T) {
	t.Parallel()
	for name, repository := range map[string]string{
		"todo-app-backend": "todo-backend", "todo-app-frontend": "todo-frontend",
	} {
		c := render(t).pod(t, name).Spec.Containers[0]
		assert.Equal(t, repository+":0.1.0", c.Image)
		assert.Equal(t, "IfNotPresent", c.ImagePullPolicy)
		assert.Equal(t, "0.1.0", c.env()["APP_VERSION"])
	}
	all := render(t, "--set-string=backend.image.tag=3f2a,frontend.image.tag=91c0")
	backend := all.pod(t, "todo-app-backend")
	assert.Equal(t, "todo-backend:3f2a", backend.Spec.Containers[0].Image)
	assert.Equal(t, "3f2a", backend.Spec.Containers[0].env()["APP_VERSION"])
	assert.Equal(t, "91c0", all.pod(t, "todo-app-frontend").Spec.Containers[0].env()["APP_VERSION"])
}

func TestWhichDatabaseTheBackendReads(t *testing.T) {
	t.Parallel()
	const external = "postgresql://db.example/todo"
	for name, test := range map[string]struct {
		args             []string
		url, direct      string // secret/key, with a question mark for what may be missing
		embeddedPostgres bool
	}{
		"the chart's own by default": {
			nil, "todo-app-postgres/DATABASE_URL", "", true,
		},
		"the chart's own beside a Secret for the assistant": {
			[]string{"--set=secrets.existingSecret=mine"}, "todo-app-postgres/DATABASE_URL", "", true,
		},
		"the existing Secret's": {
			[]string{"--set=postgres.enabled=false,secrets.existingSecret=mine"}, "mine/DATABASE_URL",
			"mine/DIRECT_DATABASE_URL?", false,
		},
		"the existing Secret's, while the chart's own runs on": {
			[]string{"--set=postgres.enabled=false,postgres.standby=true,secrets.existingSecret=mine"},
			"mine/DATABASE_URL", "mine/DIRECT_DATABASE_URL?", true,
		},
		"the one given as a value": {
			[]string{"--set=secrets.databaseUrl=" + external}, "todo-app-secrets/DATABASE_URL",
			"todo-app-secrets/DIRECT_DATABASE_URL?", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := render(t, test.args...)
			backend := all.pod(t, "todo-app-backend")
			for _, c := range append(backend.containers(), all.pod(t, "todo-app-test-backend").containers()...) {
				assert.Equal(t, test.url, c.env()["DATABASE_URL"], c.Name)
				assert.Equal(t, test.direct, c.env()["DIRECT_DATABASE_URL"], c.Name)
			}
			for _, kind := range []string{"StatefulSet", "Service", "Secret", "NetworkPolicy"} {
				assert.Equal(t, test.embeddedPostgres, all.find(kind, "todo-app-postgres") != nil, kind)
			}
		})
	}
}

func TestTheAssistantsVariablesComeFromTheSecret(t *testing.T) {
	t.Parallel()
	without := render(t).pod(t, "todo-app-backend").Spec.Containers[0].env()
	assert.NotContains(t, without, "OPENAI_API_KEY")
	with := render(t, "--set=secrets.existingSecret=mine").pod(t, "todo-app-backend").Spec.Containers[0].env()
	for _, key := range []string{"OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL"} {
		assert.Equal(t, "mine/"+key+"?", with[key])
	}
}

func TestEmptySecretsAreNotPassedOn(t *testing.T) {
	t.Parallel()
	secret := render(t, "--set=secrets.openaiApiKey=x").get(t, "Secret", "todo-app-secrets")
	assert.Len(t, secret.Data, 1)
	assert.Contains(t, secret.Data, "OPENAI_API_KEY")
}

func TestPodsRestartWhenTheSecretChanges(t *testing.T) {
	t.Parallel()
	const annotation = "todo-app/secret-revision"
	revision := func(args ...string) string {
		return render(t, args...).pod(t, "todo-app-backend").Metadata.Annotations[annotation]
	}
	assert.Empty(t, revision())
	assert.Equal(t, "4711", revision("--set-string=secrets.existingSecret=mine,secrets.existingSecretRevision=4711"))

	first := revision("--set=secrets.openaiApiKey=a")
	assert.NotEmpty(t, first)
	assert.Equal(t, first, revision("--set=secrets.openaiApiKey=a"), "an upgrade that changes nothing restarts nothing")
	assert.NotEqual(t, first, revision("--set=secrets.openaiApiKey=b"))
}

func TestBackendMigratesThenServes(t *testing.T) {
	t.Parallel()
	backend := render(t).pod(t, "todo-app-backend")
	assert.Empty(t, backend.Spec.InitContainers, "each would make a pod ready a second later")
	serve := backend.Spec.Containers[0]
	assert.Empty(t, serve.Command, "the image's own command migrates, then serves")
	const waitsForTheDatabase = 120
	patience := serve.StartupProbe.PeriodSeconds * serve.StartupProbe.FailureThreshold
	assert.Greater(t, patience, 2*waitsForTheDatabase, "a migration that is waiting or at work is left alone")
	assert.Equal(t, "/api/health/live", serve.StartupProbe.HTTPGet.Path)
	assert.Equal(t, "/api/health/live", serve.LivenessProbe.HTTPGet.Path)
	assert.Equal(t, "/api/health/ready", serve.ReadinessProbe.HTTPGet.Path)
	assert.Equal(t, 10001, backend.Spec.SecurityContext.RunAsUser)
}

func TestFrontendServesWithoutTheBackend(t *testing.T) {
	t.Parallel()
	frontend := render(t).pod(t, "todo-app-frontend")
	serve := frontend.Spec.Containers[0]
	for path, probes := range map[string][]*probe{
		"/":      {serve.StartupProbe, serve.LivenessProbe},
		"/ready": {serve.ReadinessProbe},
	} {
		for _, p := range probes {
			assert.Equal(t, "probes", p.HTTPGet.Port, "a busy server would miss them")
			assert.Equal(t, path, p.HTTPGet.Path)
		}
	}
	env := serve.env()
	assert.Equal(t, "http://todo-app-backend:8000", env["BACKEND_URL"])
	assert.Equal(t, "::", env["HOSTNAME"], "else Next.js listens on the pod's name only")
	assert.Equal(t, 10001, frontend.Spec.SecurityContext.RunAsUser)
	mounts := map[string]string{}
	for _, mount := range serve.VolumeMounts {
		mounts[mount.MountPath] = mount.Name
	}
	assert.Equal(t, map[string]string{"/tmp": "tmp", "/app/.next/cache": "cache"}, mounts)
}

func TestRollingUpgradesLoseNoRequest(t *testing.T) {
	t.Parallel()
	all := render(t)
	for _, name := range []string{"todo-app-backend", "todo-app-frontend"} {
		var spec struct {
			Strategy struct{ RollingUpdate map[string]any }
		}
		all.get(t, "Deployment", name).into(t, "spec", &spec)
		assert.EqualValues(t, 0, spec.Strategy.RollingUpdate["maxUnavailable"], name)

		p := all.pod(t, name)
		pause := p.Spec.Containers[0].Lifecycle.PreStop.Sleep.Seconds
		assert.Positive(t, pause, name)
		assert.Greater(t, p.Spec.TerminationGracePeriodSeconds, pause, name)
		assert.Equal(t, "ScheduleAnyway", p.Spec.TopologySpreadConstraints[0].WhenUnsatisfiable, name)
	}
}

func TestPostgresKeepsItsDataOnAVolume(t *testing.T) {
	t.Parallel()
	all := render(t, "--set=postgres.storage.size=3Gi,postgres.storage.className=fast")
	var spec struct {
		ServiceName          string
		VolumeClaimTemplates []struct {
			Metadata struct {
				Name   string
				Labels map[string]string
			}
			Spec struct {
				StorageClassName string
				Resources        struct{ Requests map[string]string }
			}
		}
	}
	all.get(t, "StatefulSet", "todo-app-postgres").into(t, "spec", &spec)
	assert.Equal(t, "todo-app-postgres", spec.ServiceName)
	require.Len(t, spec.VolumeClaimTemplates, 1)
	claim := spec.VolumeClaimTemplates[0]
	assert.Equal(t, "data", claim.Metadata.Name)
	assert.Empty(t, claim.Metadata.Labels, "a version in here would make every upgrade fail: the field cannot change")
	assert.Equal(t, "fast", claim.Spec.StorageClassName)
	assert.Equal(t, "3Gi", claim.Spec.Resources.Requests["storage"])

	p := all.pod(t, "todo-app-postgres")
	c := p.Spec.Containers[0]
	assert.Equal(t, "postgres:15-bookworm", c.Image)
	assert.Equal(t, 999, p.Spec.SecurityContext.RunAsUser)
	assert.Equal(t, "/var/lib/postgresql/data/pgdata", c.env()["PGDATA"])
	assert.Equal(t, "todo-app-postgres/POSTGRES_PASSWORD", c.env()["POSTGRES_PASSWORD"])
	assert.Contains(t, c.env()["POSTGRES_INITDB_ARGS"], "--locale=C.UTF-8")
	for _, p := range []*probe{c.StartupProbe, c.LivenessProbe, c.ReadinessProbe} {
		assert.Contains(t, p.Exec.Command, "--host=127.0.0.1", "the socket answers during the first start already")
	}
}
