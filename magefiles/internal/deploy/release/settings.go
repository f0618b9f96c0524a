package release

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/databaseurl"
	"todo-app/magefiles/internal/deploy/images"
	"todo-app/magefiles/internal/deploy/owned"
)

// SecretName is the Secret that holds the user's settings; the chart refers to it as its existingSecret.
const SecretName = "todo-app-settings"

// Settings are what a deployment depends on besides the chart itself.
type Settings struct {
	Images      images.Set
	Host        string
	Secrets     map[string]string // by the names of the backend's variables
	Gateway     bool              // it is served by the Gateway API, not by an Ingress
	PullSecrets []string          // Secrets of the namespace, with the logins to the registries of Images
	Replicas    int               // pods of each part; 0 is what the chart says
	Known       bool              // this process has installed it before: what runs is not compared again
	Looked      *Found            // a look at the cluster that this run has taken; nil takes one
}

// prepare applies the Secret where live is not as it should be, and returns the chart's values, which hold no secret:
// only the Secret's name, and its resourceVersion, which restarts the pods when it changes and, unlike a hash, tells
// nothing about it.
func (r Release) prepare(ctx context.Context, s Settings, live *owned.Object) ([]byte, error) {
	same := func(is, want string) bool { return is == base64.StdEncoding.EncodeToString([]byte(want)) }
	if live != nil && live.Metadata.Labels[owned.Label] == owned.LabelValue && maps.EqualFunc(live.Data, s.Secrets, same) {
		return s.values(SecretName, live.Metadata.ResourceVersion)
	}
	var applied struct {
		Metadata struct{ ResourceVersion string }
	}
	if err := r.apply(ctx, secret(SecretName, s.Secrets), &applied); err != nil {
		return nil, fmt.Errorf("applying the Secret %s: %w", SecretName, err)
	}
	return s.values(SecretName, applied.Metadata.ResourceVersion)
}

// external reports whether the app uses a database outside of the release.
func (s Settings) external() bool { return s.Secrets[chart.DatabaseURL] != "" }

// values are the chart's, for a Secret of a revision.
func (s Settings) values(secret, revision string) ([]byte, error) {
	pull := []object{}
	for _, name := range s.PullSecrets {
		pull = append(pull, object{"name": name})
	}
	return json.Marshal(object{
		"imagePullSecrets": pull,
		"backend":          s.part(s.Images.Backend),
		"frontend":         s.part(s.Images.Frontend),
		"ingress":          object{"enabled": !s.Gateway, "host": s.Host},
		"httpRoute": object{"enabled": s.Gateway, "host": s.Host,
			"parentRefs": []object{{"name": chart.Gateway, "namespace": chart.GatewayNamespace}}},
		"postgres":      s.postgres(),
		"networkPolicy": object{"backendEgressPorts": egressPorts(s.Secrets)},
		"secrets":       object{"existingSecret": secret, "existingSecretRevision": revision},
	})
}

// part are the values of the backend or of the frontend.
func (s Settings) part(image string) object {
	values := object{"image": imageValues(image)}
	if s.Replicas > 0 {
		values["replicas"] = s.Replicas
	}
	return values
}

// controlPlane is the label of the nodes that run Kubernetes itself, and their taint.
const controlPlane = "node-role.kubernetes.io/control-plane"

// postgres are the values of the embedded database. Among several nodes it stays on the one that is never made anew
// without its volume: a volume of the pods' is a folder of a node.
func (s Settings) postgres() object {
	values := object{"enabled": !s.external()}
	if s.Replicas > 0 {
		values["nodeSelector"] = object{controlPlane: ""}
		values["tolerations"] = []object{{"key": controlPlane, "operator": "Exists", "effect": "NoSchedule"}}
	}
	return values
}

// createNamespace makes the namespace, in which only pods without privileges may run; one that was deleted goes first,
// and with it what was there: anew says so.
// One that somebody else made stays as it is, since what runs there besides may need more; what an earlier version set
// there is taken back.
func (r Release) createNamespace(ctx context.Context, n *owned.Object) (anew bool, err error) {
	const enforce = "pod-security.kubernetes.io/enforce"
	if n != nil && n.Status.Phase == "Terminating" {
		if err := r.waitForDeletion(ctx); err != nil {
			return false, err
		}
		n, anew = nil, true
	}
	labels := object{enforce: "restricted", owned.Label: owned.LabelValue}
	if n != nil {
		switch {
		case !n.Made() && !n.Applied(), n.Metadata.Labels[owned.Label] != "" && n.Metadata.Labels[enforce] == "restricted":
			return false, nil
		case !n.Made():
			labels = object{}
		}
	}
	namespace := object{
		"apiVersion": "v1",
		"kind":       "Namespace",
		"metadata":   object{"name": r.Kubectl.Namespace, "labels": labels},
	}
	if err := r.apply(ctx, namespace, nil); err != nil {
		return false, fmt.Errorf("creating the namespace %s: %w", r.Kubectl.Namespace, err)
	}
	return anew, nil
}

// secret is a Secret with those values.
func secret(name string, values map[string]string) object {
	data := map[string][]byte{} // encoded by json; stringData would keep the keys that are no longer set
	for key, value := range values {
		data[key] = []byte(value)
	}
	return object{"apiVersion": "v1", "kind": "Secret", "data": data,
		"metadata": object{"name": name, "labels": object{owned.Label: owned.LabelValue}}}
}

// object is a Kubernetes object or a part of one, or of the chart's values.
type object map[string]any

func imageValues(ref string) object {
	tag := images.Tag(ref)
	return object{"repository": strings.TrimSuffix(ref, ":"+tag), "tag": tag}
}

// egressPorts are the ports that the backend calls outside of the release: the usual ones, and those of the given URLs,
// which config has read before.
func egressPorts(secrets map[string]string) []int {
	ports := []int{443, chart.PostgresPort}
	for _, key := range databaseURLs {
		if u, err := databaseurl.Parse(secrets[key]); err == nil && u.Port != 0 {
			ports = append(ports, u.Port)
		}
	}
	if u, err := url.Parse(secrets["OPENAI_BASE_URL"]); err == nil {
		port, err := strconv.Atoi(u.Port())
		if u.Scheme == "http" && u.Port() == "" {
			port, err = 80, nil
		}
		if err == nil {
			ports = append(ports, port)
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// apply gives o to kubectl's input and reads the object as it is then into applied, unless that is nil.
func (r Release) apply(ctx context.Context, o object, applied any) error {
	manifest, err := json.Marshal(o)
	if err != nil {
		return err
	}
	out, err := r.Kubectl.Apply(ctx, bytes.NewReader(manifest), "-o", "json")
	if err != nil || applied == nil {
		return err
	}
	return json.Unmarshal([]byte(out), applied)
}

// fingerprint stands for all that a revision is made of: the chart's files and its values.
func fingerprint(folder string, values []byte) (string, error) {
	l, err := readInputs(folder, values)
	return "mage deploy " + l.Hash(24), err
}
