package release

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"todo-app/magefiles/internal/deploy/inputs"
	"todo-app/magefiles/internal/report"
	"todo-app/magefiles/internal/tree"
)

// readInputs lists what a revision is made of: the files of the chart in folder, and its values.
func readInputs(folder string, values []byte) (inputs.List, error) {
	l := inputs.List{}
	if err := l.Add("chart ", tree.Tree{Root: folder}, func(tree.File) string { return "" }); err != nil {
		return nil, fmt.Errorf("reading the chart: %w", err)
	}
	var read map[string]any
	if err := json.Unmarshal(values, &read); err != nil {
		return nil, fmt.Errorf("reading the chart's values: %w", err)
	}
	addValues(l, "value ", read)
	return l, nil
}

// addValues adds each value under its path: ingress.host.
func addValues(l inputs.List, path string, values map[string]any) {
	for name, value := range values {
		if inner, ok := value.(map[string]any); ok {
			addValues(l, path+name+".", inner)
		} else {
			l[path+name] = fmt.Sprint(value)
		}
	}
}

// remember keeps what the revision with that fingerprint is made of.
func (r Release) remember(ctx context.Context, fingerprint string, values []byte) {
	l, err := readInputs(r.chart(), values)
	if err == nil {
		err = r.Kept.Keep(kept(fingerprint), l)
	}
	if err != nil {
		report.Warn(ctx, "%v", err)
	}
}

// kept is the name under which it is remembered what a revision is made of.
func kept(fingerprint string) string {
	return "release-" + fingerprint[strings.LastIndex(fingerprint, " ")+1:]
}

// Changed says what has changed in the chart and the settings since the revision that serves; known is whether it is
// remembered what that is made of. The images' tags are left out: what they are made of says more.
func (r Release) Changed(ctx context.Context, status Status, s Settings) (differences []string, known bool, err error) {
	fingerprint, err := r.serving(ctx, status)
	if err != nil {
		return nil, false, err
	}
	before := r.Kept.Read(kept(fingerprint))
	if before == nil {
		return nil, false, nil
	}
	values, err := s.values(SecretName, "")
	if err != nil {
		return nil, false, err
	}
	now, err := readInputs(r.chart(), values)
	if err != nil {
		return nil, false, err
	}
	for _, told := range []string{"backend.image.tag", "frontend.image.tag", "secrets.existingSecretRevision"} {
		delete(before, "value "+told)
		delete(now, "value "+told)
	}
	secrets, err := r.changedSecrets(ctx, s)
	return append(now.Since(before), secrets...), true, err
}

// serving is the fingerprint of the revision that serves: a rollback's description names another revision.
func (r Release) serving(ctx context.Context, status Status) (string, error) {
	const rollback = "Rollback to %d"
	description, to := status.Info.Description, 0
	if _, err := fmt.Sscanf(description, rollback, &to); err != nil {
		return description, nil
	}
	revisions, err := r.history(ctx)
	if err != nil {
		return "", err
	}
	for i := len(revisions) - 1; i >= 0; i-- { // newest first: each leads to one before it
		if revisions[i].Revision == to {
			description = revisions[i].Description
			_, _ = fmt.Sscanf(description, rollback, &to)
		}
	}
	return description, nil
}

// changedSecrets names the settings in the live Secret that are not as in s. It shows no value.
func (r Release) changedSecrets(ctx context.Context, s Settings) ([]string, error) {
	live, err := r.liveSecret(ctx)
	if err != nil {
		return nil, err
	}
	now, before := inputs.List{}, inputs.List{}
	for key, value := range s.Secrets {
		now["setting "+key] = value
	}
	for key, value := range live {
		before["setting "+key] = string(value)
	}
	return now.Since(before), nil
}
