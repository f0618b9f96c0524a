// Package offline makes on this machine what a registry or a package would have served: images, programs, and the
// Docker Engine itself. It makes the first deploy work where no container registry can be reached and nothing but Go is
// installed.
//
// Skip it until you must: where images can be pulled and the programs are installed, hardly any of it runs. To change
// what an image is made of, edit its folder in deploy/registryfree; to change a program's version, edit its module
// under tools and package versions. Read the code in this order:
//
//   - plan makes things that take minutes once, in the order of their inputs, and says how far it is;
//   - compile builds programs from the modules under tools;
//   - recipes pulls images, and builds from Debian packages, Go modules and npm packages those that no registry serves;
//   - dockerd installs and starts a Docker Engine, and apt installs Debian's packages.
//
// You need not know how the app is deployed: nothing in here imports the packages under deploy and develop.
package offline
