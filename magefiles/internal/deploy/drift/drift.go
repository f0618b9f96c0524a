// Package drift compares what runs with what it is described to be.
package drift

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"todo-app/magefiles/internal/deploy/inputs"
	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/report"
)

// Drift is in what live objects are not as their manifest describes them.
type Drift struct {
	Differences []string // each names an object and a field; no value of a Secret
	Secrets     []Object // the Secrets that differ, as they should be
	Unknown     error    // why the two cannot be compared
}

// None reports whether the objects are as described.
func (d Drift) None() bool { return d.Unknown == nil && len(d.Differences) == 0 }

// Of compares a manifest with its live objects, as kubectl has printed them. The API server says what applying it again
// would make of them: so defaults, fields that the manifest does not have and what webhooks change are no difference.
// Where it says that nothing would change, that is kept: the same objects are not asked about again.
func Of(ctx context.Context, k kube.Kubectl, kept inputs.Store, manifest, printed string) Drift {
	live, err := items(printed)
	if err != nil {
		return Drift{Unknown: err}
	}
	is, name := state(manifest, live), "live-"+inputs.List{k.Context: k.Namespace}.Hash(12)
	if maps.Equal(kept.Read(name), is) {
		return Drift{}
	}
	out, err := k.Apply(ctx, strings.NewReader(manifest), "--dry-run=server", "--validate=false", "-o", "json")
	if err != nil {
		return Drift{Unknown: err}
	}
	wanted, err := items(out)
	if err != nil {
		return Drift{Unknown: err}
	}
	found := differences(wanted, live)
	if found.None() {
		if err := kept.Keep(name, is); err != nil {
			report.Warn(ctx, "%v", err)
		}
	}
	return found
}

// state is how the objects of a manifest are. Of a Secret it has only what tells nothing about the values.
func state(manifest string, live []Object) inputs.List {
	hash := func(text []byte) string {
		sum := sha256.Sum256(text)
		return hex.EncodeToString(sum[:])
	}
	l := inputs.List{"manifest": hash([]byte(manifest))}
	for _, o := range live {
		settings := o.settings()
		if o.isSecret() {
			settings = map[string]any{"resourceVersion": o.metadata()["resourceVersion"]}
		}
		text, _ := json.Marshal(settings) // which was read from JSON
		l[o.name()] = hash(text)
	}
	return l
}

// Object is a Kubernetes object as it is, or would be.
type Object map[string]any

// items are the objects of a list that kubectl has printed; "" is none. They may be Secrets: no error shows them.
func items(list string) ([]Object, error) {
	var decoded struct{ Items []Object }
	if list == "" {
		return nil, nil
	}
	if json.Unmarshal([]byte(list), &decoded) != nil {
		return nil, errors.New("reading the live objects: what kubectl prints is no list in JSON")
	}
	return decoded.Items, nil
}

func (o Object) metadata() map[string]any { return part(o, "metadata") }

// name is an object's, as kubectl takes it.
func (o Object) name() string {
	return fmt.Sprintf("%s/%s", strings.ToLower(fmt.Sprint(o["kind"])), o.metadata()["name"])
}

func (o Object) isSecret() bool { return o["kind"] == "Secret" }

// autoscaled reports whether an autoscaler has set how many pods there are.
func (o Object) autoscaled() bool {
	managers, _ := o.metadata()["managedFields"].([]any)
	return slices.ContainsFunc(managers, func(m any) bool {
		manager, _ := m.(map[string]any)
		return manager["manager"] == "kube-controller-manager" && manager["subresource"] == "scale"
	})
}

// settings is what of the object somebody can set: not its state, nor what the API server counts.
func (o Object) settings() map[string]any {
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

func differences(wanted, live []Object) (found Drift) {
	there := map[string]Object{}
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
			found.Differences = append(found.Differences, want.name()+field)
		}
		if len(fields) > 0 && want.isSecret() {
			secret := Object(want.settings())
			part(secret, "metadata")["name"] = want.metadata()["name"]
			found.Secrets = append(found.Secrets, secret)
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
