#!/bin/sh
# The protos keep buf's STANDARD rules. Exit status 77, skipped, where there is no buf for this machine.
cd "$(dirname "$0")/../.." || exit 1
for buf in tools/node_modules/@bufbuild/*/bin/buf; do
  [ -x "$buf" ] && exec "$buf" lint proto
done
echo "there is no buf in tools/node_modules; tools/setup test installs it"
exit 77
