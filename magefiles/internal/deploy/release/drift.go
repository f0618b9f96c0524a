package release

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"
)

// drift is in what the live objects are not as the newest revision describes them.
type drift struct {
	differences []string // each names an object and a field; no value of a Secret
	secrets     []object // the Secrets that differ, as they should be
	ready       bool     // every pod is; false, too, where nobody has looked
	unknown     error    // why the two cannot be compared
}

// compare compares what helm has installed with what runs. The API server says what applying it again would make of the
// live objects: so defaults, fields that the chart does not render and what webhooks change are no difference.
func (r Release) compare(ctx context.Context, status Status) drift {
	switch {
	case status.Info.Status != "deployed":
		return drift{}
	case status.Manifest == "":
		return drift{unknown: errors.New("helm does not tell what it has installed")}
	}
	var wanted, live []liveObject
	var ready bool
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		manifest := strings.NewReader(status.Manifest)
		out, err := r.Kubectl.Apply(ctx, manifest, "--dry-run=server", "--validate=false", "-o", "json")
		if err == nil {
			wanted, err = items(out)
		}
		return err
	})
	group.Go(func() error {
		get := r.Kubectl.Command("get", "-f", "-", "-o", "json", "--ignore-not-found", "--show-managed-fields")
		out, err := r.Runner.Output(ctx, get.WithStdin(strings.NewReader(status.Manifest)))
		if err == nil {
			live, err = items(out)
		}
		if err == nil {
			ready = allSettled(out)
		}
		return err
	})
	if err := group.Wait(); err != nil {
		return drift{unknown: err}
	}
	found := differences(wanted, live)
	found.ready = ready
	return found
}

// liveObject is a Kubernetes object as it is, or would be.
type liveObject map[string]any

// items are the objects of a list that kubectl has printed; "" is none. They may be Secrets: no error shows them.
func items(list string) ([]liveObject, error) {
	var decoded struct{ Items []liveObject }
	if list == "" {
		return nil, nil
	}
	if json.Unmarshal([]byte(list), &decoded) != nil {
		return nil, fmt.Errorf("reading the release's objects: what kubectl prints is no list in JSON")
	}
	return decoded.Items, nil
}

func (o liveObject) metadata() map[string]any { return part(o, "metadata") }

// name is an object's, as kubectl takes it.
func (o liveObject) name() string {
	return fmt.Sprintf("%s/%s", strings.ToLower(fmt.Sprint(o["kind"])), o.metadata()["name"])
}

func (o liveObject) isSecret() bool { return o["kind"] == "Secret" }

// autoscaled reports whether an autoscaler has set how many pods there are.
func (o liveObject) autoscaled() bool {
	managers, _ := o.metadata()["managedFields"].([]any)
	return slices.ContainsFunc(managers, func(m any) bool {
		manager, _ := m.(map[string]any)
		return manager["manager"] == "kube-controller-manager" && manager["subresource"] == "scale"
	})
}

// settings is what of the object somebody can set: not its state, nor what the API server counts.
func (o liveObject) settings() map[string]any {
	kept := maps.Clone(map[string]any(o))
	delete(kept, "status")
	metadata := map[string]any{}
	for _, key := range []string{"labels", "annotations"} {
		if value, ok := o.metadata()[key]; ok {
			metadata[key] = value
		}
	}
	kept["metadata"] = metadata
	return kept
}

func differences(wanted, live []liveObject) (found drift) {
	there := map[string]liveObject{}
	for _, o := range live {
		there[o.name()] = o
	}
	for _, want := range wanted {
		is, ok := there[want.name()]
		var fields []string
		if !ok {
			fields = []string{" is gone"}
		} else {
			differ(is.settings(), want.settings(), "", want.isSecret(), func(path, text string) {
				if path != "spec.replicas" || !is.autoscaled() {
					fields = append(fields, ": "+path+" "+text)
				}
			})
		}
		for _, field := range fields {
			found.differences = append(found.differences, want.name()+field)
		}
		if len(fields) > 0 && want.isSecret() {
			secret := object(want.settings())
			part(secret, "metadata")["name"] = want.metadata()["name"]
			found.secrets = append(found.secrets, secret)
		}
	}
	return found
}

// differ tells each field in which is and want differ, and how, where that is no secret.
func differ(is, want any, path string, secret bool, tell func(path, text string)) {
	if reflect.DeepEqual(is, want) {
		return
	}
	isMap, ok := is.(map[string]any)
	wantMap, both := want.(map[string]any)
	if ok && both {
		for _, key := range slices.Sorted(maps.Keys(union(isMap, wantMap))) {
			differ(isMap[key], wantMap[key], strings.TrimPrefix(path+"."+key, "."), secret, tell)
		}
		return
	}
	isList, ok := is.([]any)
	wantList, both := want.([]any)
	if ok && both && len(isList) == len(wantList) {
		for i := range isList {
			differ(isList[i], wantList[i], path+"["+element(wantList[i], i)+"]", secret, tell)
		}
		return
	}
	switch {
	case secret || !scalar(is) || !scalar(want):
		tell(path, "is another")
	case is == nil:
		tell(path, fmt.Sprintf("is not set, but should be %v", want))
	case want == nil:
		tell(path, fmt.Sprintf("is %v, but should not be set", is))
	default:
		tell(path, fmt.Sprintf("is %v, but should be %v", is, want))
	}
}

// element is what a list's element is called: its name, or its place.
func element(of any, i int) string {
	if m, ok := of.(map[string]any); ok && m["name"] != nil {
		return fmt.Sprint(m["name"])
	}
	return strconv.Itoa(i)
}

func union(a, b map[string]any) map[string]any {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func scalar(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return false
	}
	return true
}

// part is the map in o called name; empty where there is none.
func part(o map[string]any, name string) map[string]any {
	m, _ := o[name].(map[string]any)
	return m
}
