package release

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"

	chart "todo-app/deploy/helm"
)

// Status is what helm knows of the release.
type Status struct {
	Revision int    `json:"version"`
	Manifest string // what it is made of
	Info     struct {
		Status      string `json:"status"` // deployed, failed, uninstalling, pending-install, -upgrade or -rollback
		Description string `json:"description"`
	} `json:"info"`
}

// Status reads the release's newest revision; Revision is 0 where there is none. It reads the Secrets that helm keeps
// its revisions in, as each run of this project asks: `helm status` takes three times as long, and asks for every
// object of the release besides. https://github.com/helm/helm/blob/v4.0.5/pkg/storage/driver/secrets.go
func (r Release) Status(ctx context.Context) (s Status, err error) {
	var kept struct {
		Items []struct {
			Metadata struct {
				Labels struct {
					Version int `json:",string"`
				}
			}
			Data struct{ Release []byte }
		}
	}
	err = r.Kubectl.Get(ctx, &kept, "secrets", "--selector", "owner=helm,name="+chart.Release)
	newest, revision := []byte(nil), 0
	for _, secret := range kept.Items {
		if v := secret.Metadata.Labels.Version; v > revision {
			newest, revision = secret.Data.Release, v
		}
	}
	if err == nil && revision > 0 {
		s, err = unpack(newest)
	}
	if err != nil {
		return Status{}, fmt.Errorf("reading the status of the release %s: %w", chart.Release, err)
	}
	return s, nil
}

// unpack reads a revision as helm packs it: JSON, compressed, in base64.
// https://github.com/helm/helm/blob/v4.0.5/pkg/storage/driver/util.go
func unpack(packed []byte) (s Status, err error) {
	unzipped, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(packed)))
	if err == nil {
		err = json.NewDecoder(unzipped).Decode(&s)
	}
	if err != nil {
		err = fmt.Errorf("the Secret that helm keeps it in cannot be read: %w", err)
	}
	return s, err
}
