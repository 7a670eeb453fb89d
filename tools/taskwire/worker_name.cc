#include "taskwire/worker_name.h"

#include <array>
#include <unistd.h>

namespace taskwire::cli {

std::string worker_name() {
  std::array<char, 65> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return std::string(host.data()) + "-" + std::to_string(getpid());
}

}  // namespace taskwire::cli
