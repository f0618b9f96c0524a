// Package develop is what contributors run besides a deploy: the app on this machine, its tests and its measurements.
// Read what you need:
//
//   - toolchain installs Node.js and Python packages, and browser a browser;
//   - local runs the database, the backend and the frontend on this machine, and dev does so while one edits them;
//   - testsuite runs the tests by layer, and the linters;
//   - smoke runs both images under plain docker, without a cluster;
//   - bench measures the steps of a deploy, and appbench the app.
//
// You need not know anything of it to deploy the app: no package under deploy or offline imports one of these.
package develop
