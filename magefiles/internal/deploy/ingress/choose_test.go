package ingress

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatServesIsChosenByWhatIsWantedAndWhatIsThere(t *testing.T) {
	t.Parallel()
	old := map[string]bool{"ingress": false}
	recent := map[string]bool{"ingress": false, "traefik": false}
	for name, tt := range map[string]struct {
		wanted string
		found  situation
		want   step
	}{
		"NGINX in a new cluster":    {"nginx", situation{addons: recent}, enableAddon},
		"NGINX that serves already": {"nginx", situation{addons: map[string]bool{"ingress": true}}, keepAddon},
		"Traefik that stands for NGINX": {"nginx",
			situation{addons: old, manifest: true, substitute: "nginx"}, keepTraefik},
		"Traefik by minikube's addon":                 {"traefik", situation{addons: recent}, enableAddon},
		"Traefik by the manifest where there is none": {"traefik", situation{addons: old}, ownManifest},
		"Traefik by the addon that serves already": {"traefik",
			situation{addons: map[string]bool{"traefik": true}}, keepAddon},
		"Traefik by the manifest that is there": {"traefik", situation{addons: recent, manifest: true}, ownManifest},
		"Traefik that stood for NGINX and is wanted now": {"traefik",
			situation{addons: recent, manifest: true, substitute: "nginx"}, ownManifest},
		"the Gateway API by the manifest, as minikube's addon has no Gateway": {"gateway", situation{addons: recent},
			ownManifest},
		"the Gateway API by the Traefik that is there": {"gateway",
			situation{addons: old, manifest: true, substitute: "nginx"}, ownManifest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.found.choose(tt.wanted)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestTwoControllersAtOnceAreRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		wanted string
		found  situation
		says   string
	}{
		"NGINX beside minikube's Traefik": {"nginx", situation{addons: map[string]bool{"traefik": true}},
			"minikube addons disable traefik --profile x"},
		"NGINX beside a Traefik that was asked for": {"nginx", situation{manifest: true},
			"kubectl --context x delete --filename deploy/ingress/traefik.yaml"},
		"NGINX beside the Traefik that stood for it": {"nginx",
			situation{addons: map[string]bool{"ingress": true}, manifest: true, substitute: "nginx"},
			"kubectl --context x delete --filename deploy/ingress/traefik.yaml"},
		"Traefik beside NGINX": {"traefik", situation{addons: map[string]bool{"ingress": true}},
			"minikube addons disable ingress --profile x"},
		"the Gateway API beside NGINX": {"gateway", situation{addons: map[string]bool{"ingress": true}},
			"minikube addons disable ingress --profile x"},
		"the Gateway API beside minikube's Traefik": {"gateway", situation{addons: map[string]bool{"traefik": true}},
			"minikube addons disable traefik --profile x"},
		"two Traefiks": {"traefik", situation{addons: map[string]bool{"traefik": true}, manifest: true},
			"kubectl --context x delete --filename deploy/ingress/traefik.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.found.profile = "x"
			_, err := tt.found.choose(tt.wanted)
			require.ErrorContains(t, err, "both would want port 80 of the node; remove it first: `"+tt.says)
		})
	}
}
