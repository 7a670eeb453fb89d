#include "base/boot_id.h"

#include <fstream>

namespace taskwire::engine {

std::string machine_boot_id() {
  std::string id;
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), id);
  return id;
}

}  // namespace taskwire::engine
