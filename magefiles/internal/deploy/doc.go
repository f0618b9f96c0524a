// Package deploy takes the sources to a verified app on a Kubernetes cluster. It is the part of the project to read.
// Its packages are the steps of a deploy; read them in this order:
//
//   - engine finds a Docker Engine, and programs finds helm, kubectl and minikube;
//   - images builds the app's two images, each under a tag that is the hash of its sources;
//   - cluster makes the cluster and loads images into it: kind, minikube, or whatever the current context is;
//   - drift compares what runs with what it is described to be;
//   - ingress makes an ingress controller answer, and address finds where;
//   - release installs the chart, with which the Go code agrees by the list in todo-app/deploy/helm, and diagnose says
//     why pods do not start;
//   - hosts maps todo.local to the address, and verify makes a user's journey through the app;
//   - kube runs kubectl for all of them.
//
// No step knows the steps before and after it: the order is in magefiles/deploy.go.
//
// You need not know how programs and images are built where they cannot be downloaded, nor how the tests run: nothing
// in here imports the packages under offline and develop. What deploy needs of them is an interface that it defines, as
// engine.Starter and programs.Builder, and that package session fills.
package deploy
