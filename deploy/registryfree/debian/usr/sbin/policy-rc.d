#!/bin/sh
# No service starts because its package is installed.
exit 101
