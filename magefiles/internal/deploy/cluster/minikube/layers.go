package minikube

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	chart "todo-app/deploy/helm"
	"todo-app/magefiles/internal/deploy/owned"
	"todo-app/magefiles/internal/lock"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/runner"
)

// A new node's engine is empty: the base images are sent to it, and every step of the app's builds runs again. So what
// the engine of a removed node has is kept in a volume, layersVolume, and a new node begins with it. Only images and the
// cache of builds are kept: no container, no volume, and none of the app's images, which are built from that.
//
// The files of a layer never change once it is there, so they are linked, not copied: 62,000 links take a tenth of the
// time of as many files, and no room. All else is copied, as a node that wrote to it would change what is kept.

// layersVolume is the volume's name. All clusters of the engine share it.
const layersVolume = "todo-app-node-layers"

// layersLabel is on it, and says which nodes it is for: the image that the node ran, and minikube's version.
const layersLabel = "todo-app.node"

// layersTime is how long keeping or copying layers may take before it is given up.
const layersTime = 5 * time.Minute

// listLayers prints a line for each file: path, size and time of change. It finds a file that was cut or written to.
const listLayers = `find . ! -type d -printf '%P %s %T@\n' | LC_ALL=C sort`

// emptyEngine ends what runs in the node, and says with "new" that there is something worth keeping: more than 64 MB
// that the node did not begin with.
const emptyEngine = `set -e
systemctl stop kubelet
docker ps --all --quiet | xargs --no-run-if-empty docker rm --force >/dev/null
docker images --format '{{.Repository}}:{{.Tag}}' | grep -E '^(%s|%s):' | xargs --no-run-if-empty docker rmi >/dev/null
cd /var/lib/docker/overlay2
since=; [ ! -e /var/lib/todo-app-filled ] || since='-newer /var/lib/todo-app-filled'
size=$(find . -mindepth 1 -maxdepth 1 -type d $since -print0 |
	du --files0-from=- --summarize --total --block-size=1M | tail -n 1 | cut -f 1)
[ "$size" -le 64 ] || { systemctl stop docker.socket docker; echo new; }`

// copyLayers copies the layers in the current folder into the folder $to. One that no other stands on may still be
// written to, as the folder of a RUN --mount=type=cache is, and lacks the mark "committed". The mark itself is written
// anew whenever a layer is put on it: https://github.com/moby/moby/blob/v28.5.2/daemon/graphdriver/overlay2/overlay.go
const copyLayers = `
cp -a image buildkit $to
cp -al overlay2 $to
for layer in overlay2/*/diff; do
	layer=${layer%/diff}
	[ -e $layer/committed ] && changes=$layer/committed || changes=$layer
	rm -r $to/$changes
	cp -a $changes $to/$changes
done
`

// copyOut copies the layers of the volume $NODE into the volume $KEPT, where 10 GB are left. What has grown too large in
// many nodes is not kept at all, so that the next one begins anew.
const copyOut = `set -e
rm -rf $KEPT/part.*
cd $NODE/lib/docker
size=$(du --summarize --total --block-size=1M image overlay2 buildkit | tail -n 1 | cut -f 1)
room=$(df --output=avail --block-size=1M $KEPT | tail -n 1)
[ "$size" -le 6000 ] || { rm -rf $KEPT/layers; echo "they are $size MB"; exit 0; }
[ "$room" -ge 10000 ] || { echo "the engine's disk has $room MB left"; exit 0; }
part=$(mktemp -d $KEPT/part.XXXXXX)
to=$part/docker
mkdir $to` + copyLayers + `(cd $to; ` + listLayers + `) > $part/files
rm -rf $KEPT/layers
mv $part $KEPT/layers`

// copyIn copies the layers from $KEPT to $NODE, and says with "filled" that they are whole there, else why they are not.
const copyIn = `set -e
[ -e $KEPT/layers ] || exit 0
cd $KEPT/layers/docker
to=$NODE/lib/docker
mkdir $to
trap '[ -e $NODE/lib/todo-app-filled ] || rm -rf $to' EXIT` + copyLayers + `cd $to
changed=$(` + listLayers + ` | diff - $KEPT/layers/files) || {
	echo "a file is not as it was kept: $(echo "$changed" | sed -n 's/^[<>] //p' | head -n 1)"
	exit 0
}
touch $NODE/lib/todo-app-filled
echo filled`

// keepLayers keeps what the engine of the node has that is removed next. That it cannot is worth a line, not more.
func (c *Cluster) keepLayers(ctx context.Context) error {
	report.Progress(ctx, "keeping what the node's engine has for the next one")
	within, cancel := context.WithTimeout(ctx, layersTime)
	defer cancel()
	said, err := c.tryToKeepLayers(within)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		said = err.Error()
	}
	if said != "" {
		report.Info(ctx, "the images and builds in the node are not kept for the next one: %s", said)
	}
	return nil
}

// tryToKeepLayers returns why nothing is kept, "" where all is well.
func (c *Cluster) tryToKeepLayers(ctx context.Context) (string, error) {
	unlock, err := c.lockLayers(ctx)
	if err != nil {
		return "", err
	}
	defer unlock()
	image, err := c.Runner.Output(ctx, runner.Cmd("docker", "inspect", "--format", "{{.Config.Image}}", c.Profile))
	if err != nil {
		return "", err
	}
	version, err := c.version(ctx)
	if err != nil {
		return "", err
	}
	empty := fmt.Sprintf(emptyEngine, chart.BackendImage, chart.FrontendImage)
	is, err := c.Runner.Output(ctx, runner.Cmd("docker", "exec", c.Profile, "sh", "-c", empty))
	if err != nil || is != "new" {
		return "", err
	}
	node := image + " " + version
	of, found, err := owned.LabelOf(ctx, c.Runner, owned.Volume, layersVolume, layersLabel)
	switch {
	case err != nil:
		return "", err
	case found && of == "":
		return fmt.Sprintf("the volume %q of the Docker Engine is not this project's: it lacks the label %s",
			layersVolume, layersLabel), nil
	case found && of != node:
		if err := c.dropLayers(ctx); err != nil {
			return "", err
		}
	}
	create := runner.Cmd("docker", "volume", "create", "--label", layersLabel+"="+node, layersVolume)
	if err := c.Runner.Run(ctx, create); err != nil {
		return "", err
	}
	said, err := c.withLayers(ctx, image, copyOut)
	if err == nil && said == "" {
		report.Info(ctx, "the images and builds in the node are kept for the next one; to have their room back: `docker volume rm %s`",
			layersVolume)
	}
	return said, err
}

// fillVolume has a new node begin with the layers that are kept, and reports whether it does. Without them it begins
// with nothing, as the first one did.
func (c *Cluster) fillVolume(ctx context.Context) (filled bool) {
	base, err := c.base(ctx)
	if err != nil {
		return false // making the node says so, too
	}
	unlock, err := c.lockLayers(ctx)
	if err != nil {
		return false
	}
	defer unlock()
	of, _, err := owned.LabelOf(ctx, c.Runner, owned.Volume, layersVolume, layersLabel)
	image, version, _ := strings.Cut(of, " ")
	if err != nil || image == "" {
		return false
	}
	if now, err := c.version(ctx); err != nil || now != version || base != "" && base != image {
		return false
	}
	report.Progress(ctx, "copying what the last node's engine had")
	said, err := c.withLayers(ctx, cmp.Or(base, image), copyIn)
	if err != nil {
		said = err.Error()
	}
	if said == "" || said == "filled" || ctx.Err() != nil {
		return said == "filled"
	}
	report.Info(ctx, "the images and builds that were kept of the last node cannot be used: %s", said)
	if err := c.dropLayers(ctx); err != nil {
		report.Info(ctx, "%v", err)
	}
	return false
}

// withLayers runs a script with the volumes at $NODE and $KEPT, in one mount of the folder of all volumes: there are no
// links from one mount to another. By the node's volume at /var, as in the node, an empty one gets the image's /var
// first. Directories keep what overlay2 notes on them, which only CAP_SYS_ADMIN can read.
func (c *Cluster) withLayers(ctx context.Context, image, script string) (string, error) {
	at, err := c.Runner.Output(ctx, runner.Cmd("docker", "volume", "inspect", "--format", "{{.Mountpoint}}", layersVolume))
	if err != nil {
		return "", err
	}
	folder, found := strings.CutSuffix(at, "/"+layersVolume+"/_data")
	if !found {
		return "", fmt.Errorf("the volume %q is at %s, where no other volume is beside it", layersVolume, at)
	}
	return c.Runner.Output(ctx, runner.Cmd("docker", "run", "--rm", "--user", "0", "--entrypoint", "sh",
		"--cap-add", "SYS_ADMIN", "--volume", c.Profile+":/var", "--volume", folder+":/volumes",
		"--env", "NODE=/volumes/"+c.Profile+"/_data", "--env", "KEPT=/volumes/"+layersVolume+"/_data", image, "-c", script))
}

// dropLayers removes what is kept.
func (c *Cluster) dropLayers(ctx context.Context) error {
	if err := c.Runner.Run(ctx, runner.Cmd("docker", "volume", "rm", layersVolume)); err != nil {
		return fmt.Errorf("removing the volume %q: %w", layersVolume, err)
	}
	return nil
}

func (c *Cluster) version(ctx context.Context) (string, error) {
	return c.Runner.Output(ctx, runner.Cmd("minikube", "version", "--short"))
}

func (c *Cluster) lockLayers(ctx context.Context) (unlock func(), err error) {
	return lock.Wait(ctx, filepath.Join(c.Cache, "lock-node-layers"), func() {
		report.Progress(ctx, "waiting for another run, which copies a node's images")
	})
}
