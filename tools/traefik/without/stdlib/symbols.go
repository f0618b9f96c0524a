// Package stdlib stands for yaegi's, without Go's standard library in it: this build interprets no plugins.
package stdlib

import "reflect"

// Symbols are what plugins could call, by package.
var Symbols = map[string]map[string]reflect.Value{}
