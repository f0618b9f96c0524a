// Storage-provisioner gives each PersistentVolumeClaim of a cluster of one node a folder on that node, which goes with
// the volume. Its one argument is the folder that holds them all.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

const (
	name        = "k8s.io/minikube-hostpath"  // what StorageClasses know it by
	defaultRoot = "/tmp/hostpath-provisioner" // where minikube keeps volumes over a restart
)

// folders makes volumes under one folder of the node.
type folders struct{ root string }

// Provision makes the folder. Any user of a pod may write to it: pods do not run as root.
func (f folders) Provision(_ context.Context, o controller.ProvisionOptions) (*core.PersistentVolume, controller.ProvisioningState, error) {
	folder := filepath.Join(f.root, o.PVC.Namespace, o.PVC.Name)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, controller.ProvisioningFinished, fmt.Errorf("making the folder of volume %s: %w", o.PVName, err)
	}
	if err := os.Chmod(folder, 0o777); err != nil { // the umask took part of it
		return nil, controller.ProvisioningFinished, fmt.Errorf("opening the folder of volume %s: %w", o.PVName, err)
	}
	return &core.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: o.PVName},
		Spec: core.PersistentVolumeSpec{
			PersistentVolumeReclaimPolicy: *o.StorageClass.ReclaimPolicy,
			AccessModes:                   o.PVC.Spec.AccessModes,
			Capacity:                      core.ResourceList{core.ResourceStorage: o.PVC.Spec.Resources.Requests[core.ResourceStorage]},
			PersistentVolumeSource:        core.PersistentVolumeSource{HostPath: &core.HostPathVolumeSource{Path: folder}},
		},
	}, controller.ProvisioningFinished, nil
}

// Delete removes the folder with all that is in it.
func (folders) Delete(_ context.Context, v *core.PersistentVolume) error {
	return os.RemoveAll(v.Spec.HostPath.Path)
}

func run(ctx context.Context) error {
	root := defaultRoot
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	config, err := rest.InClusterConfig()
	if err != nil {
		return fmt.Errorf("reading the pod's access to the cluster: %w", err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("making a client of the cluster: %w", err)
	}
	// There is one node and one of this: nobody to elect a leader from.
	controller.NewProvisionController(ctx, client, name, folders{root: root}, controller.LeaderElection(false)).Run(ctx)
	return nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		log.Fatal(err)
	}
}
