package ingress

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"todo-app/magefiles/internal/deploy/cluster/minikube"
	"todo-app/magefiles/internal/runner"
	"todo-app/magefiles/internal/testkit"
)

const (
	listAddons = "minikube addons list --output json --profile x"
	inNginx    = "kubectl --context kind-x --namespace ingress-nginx --request-timeout 20s "
	profile    = "profiles/x/config.json" // minikube's file, not a program
	enable     = "minikube addons enable ingress --profile x"
	wait       = "kubectl --context kind-x --namespace ingress-nginx wait --for condition=Available " +
		"deployment/ingress-nginx-controller --timeout 5m"
	endpoints = inNginx +
		"get -o json endpointslices --selector kubernetes.io/service-name=ingress-nginx-controller-admission"
	pods     = inNginx + "get -o json pods"
	annotate = onCluster + "annotate namespace ingress-traefik --overwrite todo-app/substitute-for=nginx"
)

// knows answers with minikube's addons and whether each is enabled.
func knows(addons ...string) runner.Reply {
	var list []string
	for _, addon := range addons {
		name, status, _ := strings.Cut(addon, " ")
		list = append(list, `"`+name+`":{"Profile":"x","Status":"`+status+`"}`)
	}
	return runner.Reply{Prefix: listAddons, Output: "{" + strings.Join(list, ",") + "}"}
}

// has answers with a profile that has one addon enabled; "" is none.
func has(addon string) runner.Reply {
	return runner.Reply{Prefix: profile, Output: `{"Driver":"docker","Addons":{"` + addon + `":true}}`}
}

// stands answers with the project's own Traefik, which stands for another controller; "" is none.
func stands(substitute string) runner.Reply {
	return runner.Reply{Prefix: lookCall, Output: `{"kind":"Namespace","metadata":{"name":"ingress-traefik",
		"labels":{"todo-app/made":"deploy"},"annotations":{"todo-app/substitute-for":"` + substitute + `"}}}`}
}

// admission is the webhook's EndpointSlice with endpoints of the given conditions.
func admission(times int, conditions ...string) runner.Reply {
	for i, c := range conditions {
		conditions[i] = `{"addresses":["10.244.0.5"],"conditions":{` + c + `}}`
	}
	return runner.Reply{Prefix: endpoints, Times: times,
		Output: `{"items":[{"endpoints":[` + strings.Join(conditions, ",") + `]}]}`}
}

// onMinikube is the ingress of a minikube cluster, where registries answer and no Traefik stands for NGINX unless
// replies say so, and what it was asked to provide.
func onMinikube(t *testing.T, wanted string, replies ...runner.Reply) (Addon, *runner.Fake, *[]string) {
	t.Helper()
	home, isFile := t.TempDir(), func(r runner.Reply) bool { return r.Prefix == profile }
	if i := slices.IndexFunc(replies, isFile); i >= 0 {
		testkit.WriteFiles(t, home, map[string]string{profile: replies[i].Output})
	}
	traefik, fake := controller(t, slices.DeleteFunc(slices.Clone(replies), isFile)...)
	fake.Allow(lookCall).Expect(
		runner.Reply{Prefix: pods, Output: `{"items":[]}`},
		runner.Reply{Prefix: strings.Replace(pods, "ingress-nginx", "kube-system", 1), Output: `{"items":[]}`},
	)
	provided := &[]string{}
	return Addon{
		Profile: minikube.Profile{Runner: fake, Name: "x", Home: home}, Traefik: traefik, Wanted: wanted,
		CheckRegistry: func(context.Context) error { return nil },
		Provide: func(_ context.Context, images ...string) error {
			*provided = append(*provided, images...)
			return nil
		},
	}, fake, provided
}

// calls are those of fake without the looks at pods, which come at their own pace.
func calls(fake *runner.Fake) []string {
	var lines []string
	for _, line := range fake.Lines() {
		if !strings.Contains(line, "get -o json pods") {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestNginxIsEnabledAndReadyInTruth(t *testing.T) {
	t.Parallel()
	a, fake, provided := onMinikube(t, "nginx", has(""), admission(1), admission(1, `"ready":false`),
		admission(0, `"ready":true`))
	want := []string{lookCall, enable, wait, endpoints, endpoints, endpoints}
	fake.Allow(want...)
	note, err := a.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "NGINX serves class nginx", note)
	assert.Equal(t, want, calls(fake))
	assert.Empty(t, *provided)
}

func TestNginxThatIsEnabledIsOnlyLookedAt(t *testing.T) {
	t.Parallel()
	a, fake, _ := onMinikube(t, "nginx", has("ingress"), admission(0, ""))
	a.CheckRegistry = func(context.Context) error { return errors.New("was asked") }
	want := []string{lookCall, wait, endpoints}
	fake.Allow(want...)
	note, err := a.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "NGINX serves class nginx", note)
	assert.Equal(t, want, calls(fake))
}

func TestNginxThatWasRemovedByHandIsEnabledAgain(t *testing.T) {
	t.Parallel()
	gone := runner.Reply{Prefix: wait,
		Fails: `Error from server (NotFound): deployments.apps "ingress-nginx-controller" not found`, Times: 1}
	a, fake, _ := onMinikube(t, "nginx", has("ingress"), gone, admission(0, ""))
	want := []string{lookCall, wait, enable, wait, endpoints}
	fake.Allow(want...)
	_, err := a.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, want, calls(fake))
}

func TestImagesOfNginxMayComeFromAMirror(t *testing.T) {
	t.Parallel()
	a, fake, _ := onMinikube(t, "nginx", has(""), admission(0, ""))
	fake.Allow("minikube addons enable ingress --images=", wait)
	a.Options = []string{"--images=IngressController=x:1", "--registries=IngressController=mirror.example.com"}
	a.CheckRegistry = func(context.Context) error { return errors.New("only the mirror answers") }
	_, err := a.Ensure(t.Context())
	require.NoError(t, err)
	assert.Contains(t, fake.Lines(),
		"minikube addons enable ingress --images=IngressController=x:1 "+
			"--registries=IngressController=mirror.example.com --profile x")
}

func TestTraefikStandsForNginxWhereNoRegistryAnswers(t *testing.T) {
	t.Parallel()
	a, fake, provided := onMinikube(t, "nginx", has(""))
	a.CheckRegistry = func(context.Context) error { return errors.New("no registry answers: no such host") }
	want := []string{lookCall, apply, rollout, annotate}
	fake.Allow(want...)
	note, err := a.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "Traefik serves class nginx instead of NGINX: no registry answers: no such host", note)
	assert.Equal(t, []string{Image}, *provided)
	assert.Equal(t, want, calls(fake))
}

func TestTraefikThatStandsForNginxStays(t *testing.T) {
	t.Parallel()
	a, fake, _ := onMinikube(t, "nginx", has(""),
		stands("nginx"), runner.Reply{Prefix: dryRun, Output: `{"items":[{"kind":"Deployment"}]}`})
	want := []string{lookCall, dryRun, apply, rollout}
	fake.Allow(want...)
	note, err := a.Ensure(t.Context())
	require.NoError(t, err)
	assert.Contains(t, note, " instead of NGINX: no registry answered when it was set up")
	assert.Equal(t, want, calls(fake), "no registry is asked again")
}

func TestMinikubesOwnTraefikServesTheClassToo(t *testing.T) {
	t.Parallel()
	a, fake, _ := onMinikube(t, "traefik", knows("ingress disabled", "traefik disabled"))
	want := []string{
		listAddons, lookCall, "minikube addons enable traefik --profile x",
		"kubectl --context kind-x --namespace kube-system wait " +
			"--for condition=Available deployment/traefik --timeout 5m",
		strings.TrimSuffix(strings.Replace(apply, "ingress-traefik", "kube-system", 1), " -o json"),
	}
	fake.Allow(want...)
	note, err := a.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "minikube's Traefik serves class nginx", note)
	assert.Equal(t, want, calls(fake))
	assert.Contains(t, fake.Calls()[len(fake.Calls())-1].Stdin, `"controller":"traefik.io/ingress-controller"`)
}

func TestTraefikComesFromTheManifestWhereMinikubeHasNone(t *testing.T) {
	t.Parallel()
	a, fake, provided := onMinikube(t, "traefik", knows("ingress disabled"))
	want := []string{listAddons, lookCall, apply, rollout}
	fake.Allow(want...)
	note, err := a.Ensure(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "Traefik serves class nginx", note)
	assert.Equal(t, []string{Image}, *provided)
	assert.Equal(t, want, calls(fake))
}

func TestAnImageThatCannotBePulledEndsTheWaitAtOnce(t *testing.T) {
	t.Parallel()
	a, fake, _ := onMinikube(t, "nginx", has(""),
		runner.Reply{Prefix: enable, Does: runner.Hangs}, // as minikube does, for minutes
		runner.Reply{Prefix: pods, Times: 1, Output: `{"items":[]}`},
		runner.Reply{Prefix: pods,
			Output: `{"items":[{"kind":"Pod","metadata":{"name":"ingress-nginx-controller-1","uid":"1"},
				"status":{"containerStatuses":[{"name":"controller","image":"mirror.example.com/x:1",
				"state":{"waiting":{"reason":"ImagePullBackOff","message":"no such host"}}}]}}]}`})
	fake.Allow(inNginx+"get events", inNginx+"logs ingress-nginx-controller-1")
	_, err := a.Ensure(t.Context())
	require.ErrorContains(t, err,
		"starting the ingress controller: pod ingress-nginx-controller-1 is not starting, container controller: "+
			"ImagePullBackOff: no such host")
	assert.ErrorContains(t, err, "TODO_INGRESS_REGISTRY or TODO_INGRESS_IMAGES, or set TODO_INGRESS=traefik")
}

func TestAddonFailuresAreTold(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		replies []runner.Reply
		says    string
	}{
		"the cluster does not answer": {[]runner.Reply{has(""), {Prefix: lookCall, Fails: "boom"}},
			"looking for an ingress controller: "},
		"two would serve": {[]runner.Reply{has("traefik")},
			"setting up the ingress controller: NGINX is wanted"},
		"the addon cannot be enabled": {[]runner.Reply{has(""), {Prefix: enable, Fails: "boom"}},
			"starting the ingress controller: enabling minikube's addon ingress: "},
		"it does not get ready": {[]runner.Reply{has("ingress"), {Prefix: wait, Fails: "timed out"}},
			"describe pods` tells more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, fake, _ := onMinikube(t, "nginx", tt.replies...)
			fake.Allow(enable, wait)
			_, err := a.Ensure(t.Context())
			require.ErrorContains(t, err, tt.says)
		})
	}
}

func TestAWebhookWithoutPodsIsNotWaitedForAfterTheEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	none := admission(0)
	none.Does = func(context.Context, runner.Command) error { cancel(errors.New("Ctrl-C")); return nil }
	a, fake, _ := onMinikube(t, "nginx", has("ingress"), none)
	fake.Allow(wait)
	_, err := a.Ensure(ctx)
	require.ErrorContains(t, err, "admission webhook")
	assert.ErrorContains(t, err, "Ctrl-C")
}

func TestAPortForwardLeadsToTheControllerThatServes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		wanted string
		there  []runner.Reply
		leads  string
	}{
		"the NGINX addon": {"nginx", nil,
			"--namespace ingress-nginx port-forward --address 127.0.0.1 deployment/ingress-nginx-controller 8081:80"},
		"Traefik in its place": {"nginx", []runner.Reply{stands("nginx")},
			"--namespace ingress-traefik port-forward --address 127.0.0.1 deployment/traefik 8081:8080"},
		"the Traefik addon": {"traefik", nil,
			"--namespace kube-system port-forward --address 127.0.0.1 deployment/traefik 8081:8000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, _, _ := onMinikube(t, tt.wanted, tt.there...)
			forward, err := a.Forward(t.Context(), 8081)
			require.NoError(t, err)
			assert.Equal(t, "kubectl --context kind-x "+tt.leads, forward.Command)
		})
	}
}
