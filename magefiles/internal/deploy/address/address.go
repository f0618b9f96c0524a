// Package address finds the address of this machine at which the app answers through its ingress. It depends on where
// the Docker Engine runs: Linux reaches a node by its own IP, macOS, Windows and WSL only what is published on
// loopback.
package address

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"todo-app/magefiles/internal/deploy/kube"
)

// Candidate is one way to reach the ingress from this machine.
type Candidate struct {
	Label   string // how users know it: "node IP"
	Address string // host:port
	Mend    string // what makes it answer where it does not; "" where nothing does
	// Serve makes Address answer until its context ends; nil where Address answers by itself.
	Serve func(context.Context) error
	// Command is the line with which users run that program themselves.
	Command string

	late Forward // returns the candidate in full, where the cluster has to be asked for that; nil where it is
}

// Forward makes the port-forward to the ingress, which is asked for last.
type Forward = func(context.Context) (Candidate, error)

// loopback is the address that engines publish ports on, and that tunnels and port-forwards listen at.
const loopback = "127.0.0.1"

// NodeIP is the cluster's node itself, whose port 80 is the ingress.
func NodeIP(ip string) Candidate {
	return Candidate{Label: "node IP", Address: net.JoinHostPort(ip, "80")}
}

// Published is the port of this machine that the engine leads to port 80 of the container node. The engine's program
// for that may end while the node runs, and starts with the node again: https://github.com/moby/moby/issues/6402
func Published(port int, node string) Candidate {
	return Candidate{Label: "published port", Address: net.JoinHostPort(loopback, strconv.Itoa(port)),
		Mend: "if it was free when the cluster was created, `docker restart " + node + "` publishes it again, and all " +
			"todos stay"}
}

// Tunnel is where a running `minikube tunnel` leads. Nothing starts one here, since it asks for a password.
func Tunnel(profile string) Candidate {
	return Candidate{Label: "minikube tunnel", Address: net.JoinHostPort(loopback, "80"),
		Mend: "run `minikube tunnel --profile " + profile + "` in another terminal, and deploy again"}
}

// PortForward leads port of this machine to the port to of target (`deployment/traefik`) while a kubectl runs.
func PortForward(k kube.Kubectl, target string, port, to int) Candidate {
	forward := k.Unbounded("port-forward", "--address", loopback, target, fmt.Sprintf("%d:%d", port, to))
	c := onPort(port)
	c.Serve, c.Command = func(ctx context.Context) error { return k.Runner.Run(ctx, forward) }, forward.String()
	return c
}

// onPort is the port of this machine that a port-forward takes.
func onPort(port int) Candidate {
	return Candidate{Label: "port-forward", Address: net.JoinHostPort(loopback, strconv.Itoa(port)),
		Mend: "if that is because of its port, choose a free one above 1023 with TODO_HTTP_PORT=8080"}
}

// IP is the address without its port: what a hosts file can hold.
func (c Candidate) IP() string {
	ip, _, _ := net.SplitHostPort(c.Address)
	return ip
}

// URL is where the app that answers to host is opened. It carries the port unless that is the one that browsers assume:
// a name can be mapped to an address, but not to a port.
func (c Candidate) URL(host string) string {
	if _, port, _ := net.SplitHostPort(c.Address); port != "80" {
		host = net.JoinHostPort(host, port)
	}
	return "http://" + host
}

// OnLoopback reports whether the address is one of this machine's own, as seen from itself.
func (c Candidate) OnLoopback() bool { return net.ParseIP(c.IP()).IsLoopback() }

// UnderLocalhost reports whether host always means this machine, whatever a hosts file says (RFC 6761).
func UnderLocalhost(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// For are the candidates that host can lead to, in the order in which to prefer them. A name under localhost can only
// lead to loopback. With shared, Windows shares this machine's loopback address and nothing else of it (WSL): where it
// answers, one URL is good on both sides.
func For(host string, shared bool, candidates []Candidate) []Candidate {
	local, remote := []Candidate{}, []Candidate{}
	for _, c := range candidates {
		if c.OnLoopback() {
			local = append(local, c)
		} else {
			remote = append(remote, c)
		}
	}
	switch {
	case UnderLocalhost(host):
		return local
	case shared:
		return append(local, remote...)
	default:
		return candidates
	}
}

// Lasting are the candidates that answer by themselves.
func Lasting(candidates []Candidate) []Candidate {
	return slices.DeleteFunc(slices.Clone(candidates), func(c Candidate) bool { return !c.lasts() })
}

func (c Candidate) lasts() bool { return c.Serve == nil && c.late == nil }

// Hold runs fn, and meanwhile what the candidate needs to answer.
func (c Candidate) Hold(ctx context.Context, fn func(context.Context) error) error {
	if c.Serve == nil {
		return fn(ctx)
	}
	ctx, stop := context.WithCancelCause(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err := c.Serve(ctx)
		if err == nil {
			err = fmt.Errorf("`%s` ended by itself", c.Command)
		}
		stop(err) // the first cause counts: none of this when fn ended first
	}()
	err := fn(ctx)
	stop(nil)
	<-ended
	return err
}
