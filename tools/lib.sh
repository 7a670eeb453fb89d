# Shared by the scripts of tools/. Sourced, from the root of the repository.

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
fail() {
  printf '\033[1;31m==> %s\033[0m\n' "$*" >&2
  exit 1
}

# Where setup puts a grpcurl of its own.
grpcurl_path() { echo "$PWD/build/go/bin/grpcurl"; }
# Its Prometheus, and the tool that checks metrics.
prometheus_folder() { echo "$PWD/build/prometheus/usr/bin"; }
# And what judges whether a run of tools/torture was linearizable.
linearizable_path() { echo "$PWD/build/go/bin/taskwire-linearizable"; }

# build PRESET [TARGET...]: configures once, builds what is stale.
build() {
  local preset=$1
  shift
  export NODE_PATH=/usr/share/nodejs
  if [ ! -f "build/$preset/build.ninja" ]; then
    say "configuring $preset"
    mkdir -p "build/$preset"
    cmake --preset "$preset" >"build/$preset/configure.log" 2>&1 || {
      tail -n 30 "build/$preset/configure.log" >&2
      fail "configuring $preset failed; the whole output is in build/$preset/configure.log"
    }
  fi
  say "building $preset"
  cmake --build "build/$preset" ${1:+--target "$@"} >&2 || fail "building $preset failed"
}
