#include "taskwire/environment.h"

#include <algorithm>
#include <unistd.h>

namespace taskwire::cli {

std::vector<std::string> environment_with(const Variables& set, const std::vector<std::string>& unset) {
  std::vector<std::string> out;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    const auto name = text.substr(0, text.find('='));
    const bool is_set = std::any_of(set.begin(), set.end(), [&](const auto& pair) { return pair.first == name; });
    if (!is_set && std::find(unset.begin(), unset.end(), name) == unset.end()) out.push_back(text);
  }
  for (const auto& [name, value] : set) out.emplace_back(name).append("=").append(value);
  return out;
}

}  // namespace taskwire::cli
