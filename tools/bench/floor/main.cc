#include <charconv>
#include <cstdint>
#include <exception>
#include <iostream>
#include <string_view>
#include <sys/resource.h>

#include "bench/floor/floor_server.h"

namespace {

constexpr int kUsage = 2;

void raise_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  std::uint16_t port = 0;
  const std::string_view text = argc == 2 ? argv[1] : "";
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || stop != text.data() + text.size()) {
    std::cerr << "usage: taskwire-bench-floor PORT (0: a free one)\n";
    return kUsage;
  }
  try {
    raise_descriptors();
    taskwire::bench::FloorServer server(port);
    std::cerr << "listening on 127.0.0.1:" << server.port() << '\n';
    server.run();
  } catch (const std::exception& failure) {
    std::cerr << "taskwire-bench-floor: " << failure.what() << '\n';
    return 1;
  }
}
