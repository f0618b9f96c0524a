package ingress

import "fmt"

// situation is what a minikube cluster has of ingress controllers.
type situation struct {
	addons     map[string]bool // minikube's addons, and whether each is enabled
	manifest   bool            // the project's own Traefik is deployed
	substitute string          // the controller that it stands for; "" where it was asked for
	profile    string
}

// step is what to do about it.
type step int

const (
	enableAddon step = iota // unless no registry serves its images
	keepAddon
	keepTraefik
	ownManifest
)

// choose says what to do so that the wanted controller serves. Two at once are refused: both would want port 80 of the
// node and the class nginx, and which of them answered would be chance.
func (s situation) choose(wanted string) (step, error) {
	nginxOn, traefikOn := s.addons[nginx.name], s.addons[ownTraefik.name]
	_, known := s.addons[ownTraefik.name]
	disable := func(addon string) string {
		return fmt.Sprintf("minikube addons disable %s --profile %s", addon, s.profile)
	}
	remove := fmt.Sprintf("kubectl --context %s delete --filename deploy/ingress/traefik.yaml", s.profile)
	clash := func(one, other, mend string) (step, error) {
		return 0, fmt.Errorf("%s is wanted, but %s is there already, and both would want port 80 of the node; remove "+
			"it first: `%s`", one, other, mend)
	}
	switch {
	case wanted == "nginx" && traefikOn:
		return clash("NGINX", "minikube's addon traefik", disable(ownTraefik.name))
	case wanted == "nginx" && s.manifest && (nginxOn || s.substitute != "nginx"):
		return clash("NGINX", "Traefik", remove)
	case wanted == "nginx" && s.manifest:
		return keepTraefik, nil
	case wanted == "nginx" && nginxOn:
		return keepAddon, nil
	case wanted == "nginx":
		return enableAddon, nil
	case nginxOn:
		return clash("Traefik", "minikube's addon ingress", disable(nginx.name))
	case traefikOn && s.manifest:
		return clash("minikube's Traefik", "the project's own", remove)
	case traefikOn && wanted == "gateway":
		return clash("the Gateway API", "minikube's addon traefik", disable(ownTraefik.name))
	case traefikOn:
		return keepAddon, nil
	case s.manifest || !known || wanted == "gateway":
		return ownManifest, nil
	}
	return enableAddon, nil
}
