package config

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var amount = regexp.MustCompile(`^([1-9][0-9]{0,8})([gGmM]?)$`)

// memory takes an amount of memory the way that minikube does: 4g, 4096m, or a bare number of MiB.
func (r *reader) memory(name, unset string) int64 {
	v := r.or(name, unset)
	m := amount.FindStringSubmatch(v)
	if m == nil {
		r.bad(name, quoted(v), "but must be an amount of memory such as 4g, 4096m or 4096")
		return 0
	}
	n, _ := strconv.ParseInt(m[1], 10, 64) // nine digits fit
	if strings.EqualFold(m[2], "g") {
		return n << 30
	}
	return n << 20
}

var reference = regexp.MustCompile(`^[a-z0-9]+([._-]+[a-z0-9]+)*(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$`)

// registry takes the place of images: a registry's host with its port, and a path in it.
func (r *reader) registry(name string) string {
	v := strings.TrimSuffix(r.get(name), "/")
	if v != "" && !reference.MatchString(v) {
		r.bad(name, quoted(v),
			"but must be a registry and a path in it, such as registry.example.com/team, without https://")
	}
	return v
}

var secretName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$`)

// names takes the names of Secrets, divided by commas.
func (r *reader) names(name string) []string {
	v := r.get(name)
	if v == "" {
		return nil
	}
	names := strings.Split(v, ",")
	for i, one := range names {
		if names[i] = strings.TrimSpace(one); !secretName.MatchString(names[i]) {
			r.bad(name, "holds "+strconv.Quote(one), "but must be names of Secrets divided by commas, such as registry-login")
		}
	}
	return names
}

// addonImages are minikube's own names for the images of its ingress addon.
var addonImages = []string{"IngressController", "KubeWebhookCertgenCreate", "KubeWebhookCertgenPatch"}

func (r *reader) ingress(cluster string) Ingress {
	unset := Traefik
	if cluster == Minikube {
		unset = Nginx
	}
	in := Ingress{
		Controller: r.oneOf("TODO_INGRESS", unset, Nginx, Traefik, Gateway),
		Registry:   r.registry("TODO_INGRESS_REGISTRY"),
		Images:     r.images("TODO_INGRESS_IMAGES", addonImages),
	}
	if in.Controller == Nginx && cluster == Kind {
		r.bad("TODO_INGRESS", quoted(Nginx), "which only minikube has an addon for; set TODO_CLUSTER=minikube, or "+
			"leave TODO_INGRESS unset for Traefik, which serves the same class")
	}
	return in
}

// images takes NAME=IMAGE pairs divided by commas. Each image is a full name with its registry: minikube would look for
// one without it elsewhere than the addon's own.
func (r *reader) images(name string, allowed []string) map[string]string {
	v := r.get(name)
	if v == "" {
		return nil
	}
	images := map[string]string{}
	for pair := range strings.SplitSeq(v, ",") {
		key, image, _ := strings.Cut(strings.TrimSpace(pair), "=")
		host, _, path := strings.Cut(image, "/")
		if !slices.Contains(allowed, key) || !path || !strings.ContainsAny(host, ".:") && host != "localhost" {
			r.bad(name, "holds "+strconv.Quote(pair), fmt.Sprintf("but must be NAME=REGISTRY/IMAGE:TAG pairs divided "+
				"by commas; the names are %s", strings.Join(allowed, ", ")))
			continue
		}
		images[key] = image
	}
	return images
}

// AddonOptions are minikube's for the images of its ingress addon. The registry is always named: without it, minikube
// would look for an image of one's own in the addon's.
func (i Ingress) AddonOptions() (options []string) {
	var names, hosts []string
	if i.Registry != "" {
		for _, name := range addonImages {
			if i.Images[name] == "" {
				hosts = append(hosts, name+"="+i.Registry)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(i.Images)) {
		host, path, _ := strings.Cut(i.Images[name], "/")
		names, hosts = append(names, name+"="+path), append(hosts, name+"="+host)
	}
	if names != nil {
		options = append(options, "--images="+strings.Join(names, ","))
	}
	if hosts != nil {
		options = append(options, "--registries="+strings.Join(hosts, ","))
	}
	return options
}

// kubeconfigs are the files that kubectl reads: those of its own variable, which .env does not reach, or the usual one.
func kubeconfigs(lookup func(string) (string, bool)) []string {
	list, _ := lookup("KUBECONFIG")
	files := slices.DeleteFunc(filepath.SplitList(list), func(file string) bool { return file == "" })
	if home, err := os.UserHomeDir(); len(files) == 0 && err == nil {
		return []string{filepath.Join(home, ".kube", "config")}
	}
	return files
}

// systemNamespaces are those that a cluster, or an ingress controller in it, has for itself.
var systemNamespaces = regexp.MustCompile(`^(kube-.*|ingress-nginx|ingress-traefik|local-path-storage)$`)

func (r *reader) namespace(name, unset string) string {
	v := r.label(name, unset, 63)
	if systemNamespaces.MatchString(v) {
		r.bad(name, quoted(v), "which the cluster has for its own parts; choose another name")
	}
	return v
}
