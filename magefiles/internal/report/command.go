package report

import "regexp"

// CalledAs is the variable by which the program at the repository's root tells how the user called it.
const CalledAs = "TODO_CALLED_AS"

// Messages name commands as they are with everything installed: "mage deploy", "`kubectl get pods`".
var (
	target  = regexp.MustCompile(`(^|[^\w/-])mage ([a-z])`)
	program = regexp.MustCompile("(`|\n {4,})(kubectl|minikube|helm) ") // a table is indented by less
)

// Commands prints the commands in messages in a form that works on this machine: targets with what calls them in the
// place of "mage", and programs by the path that find returns; "" leaves one as it is.
func (r *Reporter) Commands(mage string, find func(program string) string) {
	r.update(func() {
		r.runnable = func(text string) string {
			text = target.ReplaceAllString(text, "${1}"+mage+" $2")
			return program.ReplaceAllStringFunc(text, func(match string) string {
				part := program.FindStringSubmatch(match)
				if path := find(part[2]); path != "" {
					return part[1] + path + " "
				}
				return match
			})
		}
	})
}
