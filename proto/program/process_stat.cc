#include "program/process_stat.h"

#include <array>
#include <fcntl.h>
#include <unistd.h>

#include "program/descriptor.h"

namespace taskwire {

std::string process_stat(pid_t pid) {
  // Not as a stream: those throw where the process is gone between the opening and the reading.
  const Descriptor file(open(("/proc/" + std::to_string(pid) + "/stat").c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return {};
  std::array<char, 4096> bytes;
  const auto size = read(file.get(), bytes.data(), bytes.size());
  if (size <= 0) return {};
  const std::string text(bytes.data(), static_cast<std::size_t>(size));
  const auto name_end = text.rfind(") ");
  return name_end == std::string::npos ? std::string() : text.substr(name_end + 2);
}

}  // namespace taskwire
