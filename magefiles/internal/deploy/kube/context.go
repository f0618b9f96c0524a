package kube

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"sigs.k8s.io/yaml"
)

// CurrentContext is the context that kubectl would use: the first one that any of the kubeconfig files chooses. It is read
// once and then named in every call, so that no switch during a run leads half of it to another cluster.
func CurrentContext(files []string) (string, error) {
	for _, file := range files {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var config struct {
			Current string `json:"current-context"`
		}
		if err == nil {
			err = yaml.Unmarshal(text, &config)
		}
		if err != nil {
			return "", fmt.Errorf("reading the kubeconfig %s: %w", file, err)
		}
		if config.Current != "" {
			return config.Current, nil
		}
	}
	return "", fmt.Errorf("reading the kubeconfig: none of %v chooses a context; choose one with `kubectl config use-context NAME`", files)
}
