package tools

// Cut leaves packages out of a module that a program is built from.
type Cut struct {
	Module string // the module's path
	Dir    string // folder in it whose packages are left out
	Stub   string // file in the program's own module that takes their place
}
