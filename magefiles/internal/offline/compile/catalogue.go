package compile

import (
	"time"

	"todo-app/magefiles/internal/versions"
)

// catalogue holds the programs that users may have already, by name.
var catalogue = map[string]Program{
	"helm": {
		Module: "helm", Packages: []string{"helm.sh/helm/v4/cmd/helm"},
		LDFlags: "-X helm.sh/helm/v4/internal/version.version=" + versions.Helm + helmKubernetes,
		Why:     "installing the chart", Fetches: 20 * time.Second, Takes: 80 * time.Second,
	},
	"kubectl": {
		Module: "kubernetes", Packages: []string{"k8s.io/kubernetes/cmd/kubectl"}, LDFlags: KubernetesVersion,
		Why: "talking to the cluster", Fetches: 20 * time.Second, Takes: 60 * time.Second,
	},
	"minikube": {
		Module: "minikube", Packages: []string{"k8s.io/minikube/cmd/minikube"},
		LDFlags: "-X k8s.io/minikube/pkg/version.version=" + versions.Minikube +
			" -X k8s.io/minikube/pkg/version.storageProvisionerVersion=v5",
		Without: []Cut{{Module: "k8s.io/minikube", Dir: "pkg/minikube/registry/drvs/kvm2", Stub: "without/kvm2"}},
		Why:     "running the cluster", Fetches: 40 * time.Second, Takes: 240 * time.Second, Then: 120 * time.Second,
	},
	"vegeta": {
		Module: "vegeta", Packages: []string{"github.com/tsenart/vegeta/v12"},
		Why: "putting load on the API", Fetches: 5 * time.Second, Takes: 20 * time.Second,
	},
}

// KubernetesVersion are the linker flags that tell a Kubernetes program its version.
const KubernetesVersion = "-X k8s.io/component-base/version.gitVersion=" + versions.Kubernetes +
	" -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=34"

// helmKubernetes are the linker flags that tell helm for which Kubernetes it renders where there is no cluster to ask.
const helmKubernetes = " -X helm.sh/helm/v4/pkg/chart/common.k8sVersionMinor=34" +
	" -X helm.sh/helm/v4/pkg/chart/v2/lint/rules.k8sVersionMinor=34" +
	" -X helm.sh/helm/v4/internal/chart/v3/lint/rules.k8sVersionMinor=34"
