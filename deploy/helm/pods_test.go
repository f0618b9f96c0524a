package chart_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The types below hold the parts of a pod that the tests look at. Their field names are Kubernetes' own.
type (
	pod struct {
		Metadata struct{ Labels, Annotations map[string]string }
		Spec     podSpec
	}

	podSpec struct {
		ServiceAccountName            string
		AutomountServiceAccountToken  *bool
		EnableServiceLinks            *bool
		HostNetwork, HostPID, HostIPC bool
		TerminationGracePeriodSeconds int
		ImagePullSecrets              []struct{ Name string }
		SecurityContext               struct {
			RunAsNonRoot   bool
			RunAsUser      int
			SeccompProfile struct{ Type string }
		}
		InitContainers, Containers []container
		Volumes                    []map[string]any
		TopologySpreadConstraints  []struct{ WhenUnsatisfiable string }
		NodeSelector               map[string]string
		Tolerations                []map[string]string
		Affinity                   map[string]any
	}

	container struct {
		Name, Image, ImagePullPolicy string
		Command, Args                []string
		Env                          []variable
		Ports                        []struct {
			Name          string
			ContainerPort int
			HostPort      int
		}
		SecurityContext struct {
			AllowPrivilegeEscalation *bool
			Privileged               bool
			ReadOnlyRootFilesystem   bool
			Capabilities             struct{ Add, Drop []string }
		}
		Resources struct{ Requests, Limits map[string]any }
		StartupProbe, LivenessProbe,
		ReadinessProbe *probe
		Lifecycle struct {
			PreStop struct{ Sleep struct{ Seconds int } }
		}
		VolumeMounts []struct{ Name, MountPath string }
	}

	variable struct {
		Name, Value string
		ValueFrom   struct {
			SecretKeyRef *struct {
				Name, Key string
				Optional  bool
			}
			FieldRef struct{ FieldPath string }
		}
	}

	probe struct {
		HTTPGet *struct {
			Path string
			Port any
		}
		Exec                            *struct{ Command []string }
		PeriodSeconds, FailureThreshold int
	}
)

// pods gives every pod that the resources make, by the name of what makes it.
func (all manifests) pods(t *testing.T) map[string]pod {
	t.Helper()
	found := map[string]pod{}
	for _, m := range all {
		switch m.Kind {
		case "Deployment", "StatefulSet":
			var spec struct{ Template pod }
			m.into(t, "spec", &spec)
			found[m.Metadata.Name] = spec.Template
		case "Pod":
			p := pod{}
			p.Metadata.Labels = m.Metadata.Labels
			m.into(t, "spec", &p.Spec)
			found[m.Metadata.Name] = p
		}
	}
	require.NotEmpty(t, found)
	return found
}

// pod gives the pod that a Deployment or StatefulSet of that name makes.
func (all manifests) pod(t *testing.T, name string) pod {
	t.Helper()
	p, found := all.pods(t)[name]
	require.True(t, found, "no pod of %s", name)
	return p
}

// containers gives every container of the pod.
func (p pod) containers() []container {
	return append(append([]container{}, p.Spec.InitContainers...), p.Spec.Containers...)
}

// env gives the container's variables: a value, or secret/key for what comes from a Secret, with a question mark where
// that may be missing.
func (c container) env() map[string]string {
	values := map[string]string{}
	for _, v := range c.Env {
		values[v.Name] = v.Value
		if ref := v.ValueFrom.SecretKeyRef; ref != nil {
			values[v.Name] = ref.Name + "/" + ref.Key
			if ref.Optional {
				values[v.Name] += "?"
			}
		}
	}
	return values
}
