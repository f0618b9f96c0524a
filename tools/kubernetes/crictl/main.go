// Crictl looks into a node's container runtime.
package main

import "sigs.k8s.io/cri-tools/cmd/crictl"

func main() { crictl.Main() }
