package minikube

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMinikubesStepsAreShownAsProgress(t *testing.T) {
	t.Parallel()
	const printed = "* [x] minikube v1.38.1 on Debian 12\n* Using the docker driver based on user configuration\n* The \"docker\" driver should not be used with root privileges. If you wish to continue as root, use --force.\n" +
		"* Tip: To remove this root owned cluster, run: sudo minikube delete -p x\n" +
		"* Kubernetes 1.35.1 is now available. If you would like to upgrade, specify: --kubernetes-version=v1.35.1\n" +
		"  - kubeadm.pod-network-cidr=10.244.0.0/16\n    > index.docker.io:  10 MiB / 500 MiB  2%\r    > index.docker.io: 500 MiB\r* Verifying Kubernetes components...\r\n! a warning\n"
	for name, size := range map[string]int{"at once": len(printed), "in pieces": 7} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var said []string
			s := steps(func(line string) { said = append(said, line) })
			for rest := printed; rest != ""; {
				n, err := s.Write([]byte(rest[:min(size, len(rest))]))
				require.NoError(t, err)
				rest = rest[n:]
			}
			assert.Equal(
				t,
				[]string{
					"[x] minikube v1.38.1 on Debian 12",
					"using the docker driver based on user configuration",
					"verifying Kubernetes components",
				},
				said,
			)
		})
	}
}
