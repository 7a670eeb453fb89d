#include "taskwire/command_line.h"

#include <algorithm>
#include <utility>

#include "process/duration.h"
#include "taskwire/note.h"

namespace taskwire::cli {

CommandLine::CommandLine(std::string name, const std::string& description, const std::string& footer)
    : name_(std::move(name)), app_(description, "taskwire " + name_) {
  app_.footer(footer);
}

void CommandLine::add_duration(const std::string& flag, std::chrono::milliseconds& value, const std::string& help) {
  auto* const option = app_.add_option_function<std::string>(
      flag,
      [flag, &value](const std::string& text) {
        const auto duration = parse_duration(text, std::chrono::seconds(1));
        if (!duration) throw CLI::ValidationError(flag, "'" + text + "' is no time; write for example 10s or 500ms");
        value = *duration;
      },
      help);
  option->default_str(format_duration(value))->take_last()->type_name("TIME");
}

std::optional<int> CommandLine::parse(const std::vector<std::string>& words, std::vector<std::string>& rest) {
  const auto dashes = std::find(words.begin(), words.end(), "--");
  rest.clear();
  if (dashes != words.end()) rest.assign(dashes + 1, words.end());
  std::vector<std::string> own(words.begin(), dashes);
  std::reverse(own.begin(), own.end());  // as CLI11 takes them
  try {
    app_.parse(own);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app_.exit(error);
    return mistake(name_, error.what());
  }
  return std::nullopt;
}

std::optional<int> CommandLine::parse(const std::vector<std::string>& words) {
  std::vector<std::string> rest;
  if (const auto status = parse(words, rest)) return status;
  if (!rest.empty()) return mistake(name_, "'" + rest.front() + "': nothing comes after --");
  return std::nullopt;
}

}  // namespace taskwire::cli
