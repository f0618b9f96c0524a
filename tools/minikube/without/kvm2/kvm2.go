// Package kvm2 stands for minikube's package of the same name, without the driver that runs nodes as virtual machines
// of libvirt: it is the only part of minikube that takes a C compiler, and this project's nodes are containers.
package kvm2
