package diagnose

import (
	"context"
	"fmt"
	"time"
)

// watched are the kinds that are looked at. Where a pod is refused there is none that could tell: what should make it
// does, and so does the claim of a volume.
const watched = "pods,replicasets,statefulsets,persistentvolumeclaims"

// refusals are the events by which an object tells that it was refused what it asks for, and for how long that may be
// an accident which the next try mends.
var refusals = map[string]time.Duration{
	"FailedCreate":       5 * time.Second,
	"FailedBinding":      5 * time.Second,
	"ProvisioningFailed": schedulingGrace,
}

// event is what a controller says about an object.
type event struct {
	Metadata       struct{ UID, ResourceVersion string }
	InvolvedObject struct{ UID string }
	Reason         string
	Message        string
}

// refusal is an object that lacks what it asks for, and the newest event that says why.
type refusal struct {
	object
	event
}

// finding is a problem of the object uid, which may last for grace. key tells what was seen before from what is new:
// another pod, or an event that has come again.
type finding struct {
	uid, key string
	grace    time.Duration
	problem  *Problem
}

// look reads the pods, and what is refused where an object lacks something.
func (p Pods) look(ctx context.Context) (pods []object, refused []refusal, err error) {
	var list struct{ Items []object }
	if err := p.Kubectl.Get(ctx, &list, watched, "--selector", p.Selector); err != nil {
		return nil, nil, err
	}
	lacking := map[string]object{}
	for _, o := range list.Items {
		switch {
		case o.Kind == "Pod":
			pods = append(pods, o)
		case o.lacks():
			lacking[o.Metadata.UID] = o
		}
	}
	if len(lacking) == 0 {
		return pods, nil, nil
	}
	var events struct{ Items []event }
	err = p.Kubectl.Get(ctx, &events, "events", "--field-selector", "involvedObject.kind!=Pod", "--sort-by", ".lastTimestamp")
	if err != nil {
		return nil, nil, err
	}
	for _, e := range events.Items {
		if o, ok := lacking[e.InvolvedObject.UID]; ok && refusals[e.Reason] != 0 {
			refused = append(refused, refusal{o, e})
		}
	}
	return pods, refused, nil
}

// lacks reports whether an object has fewer pods than it asks for, or no volume.
func (p object) lacks() bool {
	return p.Metadata.DeletionTimestamp == nil &&
		(p.Status.Replicas < p.Spec.Replicas || p.Kind == "PersistentVolumeClaim" && p.Status.Phase == "Pending")
}

// problems are those of pods, then what is refused: not while a pod ends, which may take what the next one needs.
func problems(pods []object, refused []refusal, now time.Time) []finding {
	var found []finding
	ending := false
	for _, pod := range pods {
		ending = ending || pod.Metadata.DeletionTimestamp != nil
		if problem := pod.problem(now); problem != nil {
			found = append(found, finding{uid: pod.Metadata.UID, key: pod.Metadata.UID, problem: problem})
		}
	}
	if ending {
		return found
	}
	for _, r := range refused {
		found = append(found, finding{
			uid: r.InvolvedObject.UID, key: r.event.Metadata.UID + "/" + r.event.Metadata.ResourceVersion,
			grace: refusals[r.Reason],
			problem: &Problem{Object: fmt.Sprintf("%s %s", r.Kind, r.object.Metadata.Name), Reason: r.Reason,
				Message: r.Message},
		})
	}
	return found
}

// keys are those of the pods and problems that are there already.
func keys(pods []object, found []finding) map[string]bool {
	set := map[string]bool{}
	for _, pod := range pods {
		set[pod.Metadata.UID] = true
	}
	for _, f := range found {
		set[f.key] = true
	}
	return set
}
