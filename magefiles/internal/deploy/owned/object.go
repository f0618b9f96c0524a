package owned

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"todo-app/magefiles/internal/deploy/kube"
)

// Label marks the Kubernetes objects that this project made, beside those of the chart.
const Label, LabelValue = "todo-app/made", "deploy"

// Object is what is read of a Kubernetes object to know whose it is.
type Object struct {
	Kind     string
	Metadata struct {
		Name      string
		Namespace string

		ResourceVersion string
		Labels          map[string]string
		Annotations     map[string]string
		ManagedFields   []struct {
			Manager, Operation, Subresource string
			FieldsV1                        json.RawMessage
		}
	}
	Status     struct{ Phase string } // of a namespace
	Controller string                 // of an IngressClass
	Data       map[string]string      // of a Secret, in base64; a ConfigMap has any text
}

// made are fields of which whoever makes an object has one, and nobody else. A status, which Kubernetes' own
// controllers write as a subresource, has conditions with a type, too.
var made = []string{`"f:type"`, `"f:rules"`, `"f:roleRef"`, `"f:controller"`, `"f:kubernetes.io/metadata.name"`}

// Made reports whether this project made the object: it is labelled, or, of an earlier version, applied by this project
// and made by no other.
func (o Object) Made() bool {
	if o.Metadata.Labels[Label] == LabelValue {
		return true
	}
	for _, m := range o.Metadata.ManagedFields {
		for _, field := range made {
			if m.Manager != kube.FieldManager && m.Subresource == "" && strings.Contains(string(m.FieldsV1), field) {
				return false
			}
		}
	}
	return o.Applied()
}

// Applied reports whether the object has fields that this project has set, whoever made it.
func (o Object) Applied() bool {
	for _, m := range o.Metadata.ManagedFields {
		if m.Manager == kube.FieldManager && m.Operation == "Apply" {
			return true
		}
	}
	return false
}

// Foreign is the error for an object that this project did not make; where is its cluster.
func (o Object) Foreign(where, setting string) error {
	return &Foreign{
		Thing: fmt.Sprintf("the %s %q in the cluster of the kube context %q", o.Kind, o.Metadata.Name, where),
		Why:   fmt.Sprintf("it lacks the label %s=%s", Label, LabelValue), Setting: setting,
	}
}

// Objects reads those objects ("secret/x") that are there.
func Objects(ctx context.Context, k kube.Kubectl, names ...string) ([]Object, error) {
	args := append(append([]string{"get"}, names...), "--ignore-not-found", "--show-managed-fields", "-o", "json")
	out, err := k.Output(ctx, args...)
	if err != nil {
		return nil, err
	}
	objects, err := Read(out)
	if err != nil {
		err = fmt.Errorf("reading what kubectl printed of %s: %w", strings.Join(names, ", "), err)
	}
	return objects, err
}

// Read reads objects that kubectl has printed as JSON; "" is none.
func Read(printed string) ([]Object, error) {
	if printed == "" {
		return nil, nil
	}
	var list struct {
		Object
		Spec struct{ Controller string }

		Items []struct {
			Object
			Spec struct{ Controller string }
		}
	}
	if json.Unmarshal([]byte(printed), &list) != nil { // it may hold a Secret, which the error would show
		return nil, errors.New("it is no JSON")
	}
	if list.Kind != "List" {
		list.Object.Controller = list.Spec.Controller
		return []Object{list.Object}, nil
	}
	var objects []Object
	for _, item := range list.Items {
		item.Object.Controller = item.Spec.Controller
		objects = append(objects, item.Object)
	}
	return objects, nil
}
