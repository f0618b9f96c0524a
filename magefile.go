//go:build !mage

// Command todo-app runs the project's Mage targets with nothing installed but Go:
//
//	go run . deploy
//	go run . -l
//
// The targets themselves are in magefiles/; `go tool mage TARGET` and an installed `mage TARGET` run the same ones.
package main

import (
	"os"

	"github.com/magefile/mage/mage"
)

func main() { os.Exit(mage.Main()) }
