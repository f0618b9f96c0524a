package minikube

import (
	"fmt"
	"os"
	"path/filepath"
)

// Home is the folder in which minikube keeps its profiles and what it has downloaded.
func Home() (string, error) {
	home := os.Getenv("MINIKUBE_HOME")
	if home == "" {
		var err error
		if home, err = os.UserHomeDir(); err != nil {
			return "", fmt.Errorf("looking for minikube's folder: %w; set MINIKUBE_HOME", err)
		}
	}
	if filepath.Base(home) == ".minikube" {
		return home, nil
	}
	return filepath.Join(home, ".minikube"), nil
}
