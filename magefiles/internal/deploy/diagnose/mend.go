package diagnose

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"todo-app/magefiles/internal/deploy/kube"
	"todo-app/magefiles/internal/runner"
)

// cause is what a cluster says where it refuses something, and what mends that. In mend, $1 is a group of says,
// {kubectl} the call on the namespace, {cluster} the one on the cluster, and {owner} what brought the webhook $1.
type cause struct {
	says *regexp.Regexp
	mend string
}

// causes are in the order in which they are looked for: the most telling first.
var causes = []cause{
	{regexp.MustCompile(`(?:exceeded|failed) quota: ([^,:]+)`),
		"raise the ResourceQuota: `{kubectl} edit resourcequota $1`, or choose another namespace with TODO_NAMESPACE"},
	{regexp.MustCompile(`(?:maximum|minimum) \S+ usage per (?:Container|Pod|PersistentVolumeClaim)|limit to request ratio per`),
		"widen the namespace's LimitRange: `{kubectl} edit limitrange`, or choose another namespace with TODO_NAMESPACE"},
	{regexp.MustCompile(`serviceaccount "([^"]+)" not found`),
		"the ServiceAccount $1 was removed: `mage deploy` makes it again"},
	{regexp.MustCompile(`violates PodSecurity "([^"]+)"`),
		"the namespace allows only pods of the level $1, and the message names the field that does not fit; the " +
			"chart's own pods fit, so look for what changes them: `{cluster} get mutatingwebhookconfigurations`"},
	{regexp.MustCompile(`host "([^"]+)" and path "[^"]*" is already defined in ingress ([^/\s"]+)/([^\s"]+)`),
		"another Ingress serves $1 already: set TODO_HOST to another name, or remove that one: " +
			"`{cluster} -n $2 delete ingress $3`"},
	{regexp.MustCompile(`admission webhook "([^"]+)" denied the request`),
		"a policy of this cluster refuses it, and its message above says why: have it make an exception for the " +
			"namespace {namespace}, or choose another with TODO_NAMESPACE"},
	{regexp.MustCompile(`failed calling webhook "([^"]+)"`),
		"nothing answers for the webhook $1. Start again what it belongs to; if that is gone for good, remove what it " +
			"left: `{cluster} delete {owner}`"},
	{regexp.MustCompile(`401 Unauthorized|403 Forbidden|no basic auth credentials`),
		"the registry wants a login, or another one: make a Secret of it and name that in TODO_PULL_SECRETS, as " +
			"docs/settings.md tells"},
	{regexp.MustCompile(`because it is being terminated`),
		"somebody has deleted the namespace {namespace}: run this again once `{cluster} get namespace {namespace}` finds " +
			"none, or choose another with TODO_NAMESPACE"},
	{regexp.MustCompile(`invalid ownership metadata`),
		"the objects were made without helm, as by `helm template` and `kubectl apply`. Hand them over to helm, with " +
			"their data: `{kubectl} annotate " + rendered + " --selector app.kubernetes.io/instance=todo-app " +
			"meta.helm.sh/release-name=todo-app meta.helm.sh/release-namespace={namespace}`, or choose another namespace " +
			"with TODO_NAMESPACE"},
	{regexp.MustCompile(`storageclass\S* "([^"]+)" not found`),
		"the cluster has no StorageClass $1: `{cluster} get storageclass` lists those that it has; with DATABASE_URL " +
			"set, no volume is needed"},
	{regexp.MustCompile(`User "([^"]+)" cannot (\S+) resource "([^"]+)"`),
		"the user $1 of this kubeconfig may not $2 $3: have an administrator give it the role, or choose another " +
			"context"},
}

// rendered are the kinds of what the chart renders.
const rendered = "serviceaccount,secret,service,deployment,statefulset,ingress,networkpolicy," +
	"poddisruptionbudget,horizontalpodautoscaler"

// Mend says what mends that of which a cluster says text; "" where that is not known.
func Mend(ctx context.Context, k kube.Kubectl, text string) string {
	for _, c := range causes {
		match := c.says.FindStringSubmatchIndex(text)
		if match == nil {
			continue
		}
		mend := string(c.says.ExpandString(nil, c.mend, text, match))
		if strings.Contains(mend, "{owner}") {
			mend = strings.ReplaceAll(mend, "{owner}", webhookOwner(ctx, k, text[match[2]:match[3]]))
		}
		onCluster := "kubectl --context " + k.Context
		return strings.NewReplacer("{kubectl}", onCluster+" -n "+k.Namespace, "{cluster}", onCluster,
			"{namespace}", k.Namespace).Replace(mend)
	}
	return ""
}

// Explain is err with what mends what the cluster says in it, where that is known.
func Explain(ctx context.Context, k kube.Kubectl, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	if mend := Mend(ctx, k, runner.Output(err)); mend != "" {
		return fmt.Errorf("%w\n  what to do: %s", err, mend)
	}
	return err
}

// webhookOwner is the object that brought a webhook, as kubectl names it.
func webhookOwner(ctx context.Context, k kube.Kubectl, webhook string) string {
	var list struct {
		Items []struct {
			Kind     string
			Metadata struct{ Name string }
			Webhooks []struct{ Name string }
		}
	}
	_ = k.Get(ctx, &list, "validatingwebhookconfigurations,mutatingwebhookconfigurations")
	for _, item := range list.Items {
		for _, w := range item.Webhooks {
			if w.Name == webhook {
				return strings.ToLower(item.Kind) + " " + item.Metadata.Name
			}
		}
	}
	return "validatingwebhookconfiguration NAME"
}
