package cluster

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"todo-app/magefiles/internal/deploy/cluster/archive"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// Node is a cluster's node whose containers containerd runs.
type Node struct {
	Runner    runner.Runner
	Container string // the node's name in the Docker Engine
	Cluster   string // how users call its cluster
}

// Load puts images of the Docker Engine into the node. One counts as present when the node has it under the same name
// with the same ID. What is missing goes over in one stream and is looked for again: an import may end well in vain.
func (n Node) Load(ctx context.Context, images ...string) ([]string, error) {
	missing, present, err := n.missing(ctx, images)
	if err != nil || len(missing) == 0 {
		return nil, err
	}
	report.Progress(ctx, "loading %s into the node", strings.Join(missing, ", "))
	if err := n.send(ctx, missing, present); err != nil {
		return nil, fmt.Errorf("loading images into the %s: %w", n.Cluster, err)
	}
	still, _, err := n.missing(ctx, missing)
	if err == nil && len(still) > 0 {
		err = fmt.Errorf("loading images into the %s: the node still lacks %s; is its disk full "+
			"(`docker exec %s df -h /var`)?",
			n.Cluster, strings.Join(still, ", "), n.Container)
	}
	return missing, err
}

// hasVersion reports whether the node has an image of the same name, with whatever tag.
func hasVersion(present map[string][]string, image string) bool {
	full := archive.FullName(image)
	name := full[:strings.LastIndex(full, ":")+1]
	for other := range present {
		if strings.HasPrefix(other, name) {
			return true
		}
	}
	return false
}

// send streams images into the node: where it has earlier versions, without the layers that it has, which are nearly all
// when an app has changed in one line. To look at each layer costs more than it saves where the node has none.
func (n Node) send(ctx context.Context, images []string, present map[string][]string) error {
	save := runner.Cmd("docker", append([]string{"save"}, images...)...)
	load := runner.Cmd("docker", "exec", "--interactive", n.Container,
		"ctr", "--namespace", "k8s.io", "images", "import", "-")
	if !slices.ContainsFunc(images, func(image string) bool { return hasVersion(present, image) }) {
		return runner.Pipe(ctx, n.Runner, save, load)
	}
	content := runner.Cmd("docker", "exec", n.Container, "ctr", "--namespace", "k8s.io", "content", "list", "--quiet")
	list, err := n.Runner.Output(ctx, content)
	if err != nil {
		return fmt.Errorf("listing what it has: %w", err)
	}
	digests := strings.Fields(list)
	thin := func(w io.Writer, r io.Reader) error {
		return archive.Thin(w, r, func(digest string) bool { return slices.Contains(digests, digest) })
	}
	return runner.PipeThrough(ctx, n.Runner, save, thin, load)
}

// missing returns those of images that are not among the node's, and what is.
func (n Node) missing(ctx context.Context, images []string) (missing []string, present map[string][]string, err error) {
	inspect := append([]string{"image", "inspect", "--format", "{{.Id}}"}, images...)
	ids, err := n.Runner.Output(ctx, runner.Cmd("docker", inspect...))
	if err != nil {
		return nil, nil, fmt.Errorf("reading the images of the Docker Engine: %w", err)
	}
	present = map[string][]string{}
	// An ID is the digest of the configuration in Docker's own image store, and of the manifest in containerd's.
	for _, list := range []func(context.Context, map[string][]string) error{n.configurations, n.manifests} {
		if err := list(ctx, present); err != nil {
			return nil, nil, fmt.Errorf("listing the images of the %s: %w", n.Cluster, err)
		}
		missing = nil
		for i, id := range strings.Fields(ids) {
			if !slices.Contains(present[archive.FullName(images[i])], id) {
				missing = append(missing, images[i])
			}
		}
		if len(missing) == 0 {
			break
		}
	}
	return missing, present, nil
}

// configurations adds the digests of the configurations of the node's images to ids, by name.
func (n Node) configurations(ctx context.Context, ids map[string][]string) error {
	var all struct {
		Images []struct {
			ID       string
			RepoTags []string
		}
	}
	list := runner.Cmd("docker", "exec", n.Container, "crictl", "images", "--output", "json")
	if err := runner.JSON(ctx, n.Runner, list, &all); err != nil {
		return err
	}
	for _, image := range all.Images {
		for _, tag := range image.RepoTags {
			ids[tag] = append(ids[tag], image.ID)
		}
	}
	return nil
}

// manifests adds the digests of the manifests of the node's images to ids, by name.
func (n Node) manifests(ctx context.Context, ids map[string][]string) error {
	list := runner.Cmd("docker", "exec", n.Container, "ctr", "--namespace", "k8s.io", "images", "list")
	table, err := n.Runner.Output(ctx, list)
	if err != nil {
		return err
	}
	for line := range strings.Lines(table) {
		if column := strings.Fields(line); len(column) > 2 { // REF TYPE DIGEST …
			ids[column[0]] = append(ids[column[0]], column[2])
		}
	}
	return nil
}
