#include "progress/command.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "resume/ascii.h"

namespace taskwire::progress {
namespace {

struct Wrapper {
  std::string_view name;
  std::string_view with_value;  ///< Letters of the options that take the next argument.
  std::size_t operands = 0;     ///< Arguments of its own before the command.
};
constexpr std::array kWrappers = {Wrapper{"sudo", "ugpCDRrThU"}, Wrapper{"doas", "uC"},      Wrapper{"env", "uCS"},
                                  Wrapper{"nice", "n"},          Wrapper{"ionice", "cnpPu"}, Wrapper{"time", "fo"},
                                  Wrapper{"nohup", ""},          Wrapper{"setsid", ""},      Wrapper{"stdbuf", "ioe"},
                                  Wrapper{"timeout", "ks", 1}};

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

bool is_assignment(std::string_view argument) {
  return argument.find('=') != std::string_view::npos && !argument.starts_with('=');
}

using Line = std::span<const std::string>;

Line after_wrapper(Line line, const Wrapper& wrapper) {
  line = line.subspan(1);
  while (!line.empty()) {
    const std::string_view argument = line[0];
    if (argument == "--") {
      line = line.subspan(1);
      break;
    }
    const bool is_option = argument.size() > 1 && argument[0] == '-';
    if (!is_option && !is_assignment(argument)) break;
    const bool takes_next =
        is_option && argument.size() == 2 && wrapper.with_value.find(argument[1]) != std::string_view::npos;
    line = line.subspan(std::min<std::size_t>(takes_next ? 2 : 1, line.size()));
  }
  return line.subspan(std::min(wrapper.operands, line.size()));
}

}  // namespace

std::string_view without_version(std::string_view name) {
  const auto end = name.find_last_not_of("0123456789.");
  return end == std::string_view::npos ? name : name.substr(0, end + 1);
}

Command command_of(Line line) {
  while (!line.empty()) {
    const auto name = base_name(line[0]);
    const auto* const wrapper =
        std::find_if(kWrappers.begin(), kWrappers.end(), [&](const Wrapper& each) { return each.name == name; });
    if (wrapper != kWrappers.end()) {
      line = after_wrapper(line, *wrapper);
      continue;
    }
    if (without_version(name) == "python") {
      std::size_t i = 1;
      while (i < line.size() && line[i].starts_with('-') && line[i] != "-m" && line[i] != "-c") {
        i += line[i] == "-W" || line[i] == "-X" ? 2U : 1U;
      }
      if (i + 1 < line.size() && line[i] == "-m") return {line[i + 1], line.subspan(i + 2)};
      if (i < line.size() && line[i] != "-c") return {base_name(line[i]), line.subspan(i + 1)};
    }
    return {name, line.subspan(1)};
  }
  return {};
}

}  // namespace taskwire::progress
