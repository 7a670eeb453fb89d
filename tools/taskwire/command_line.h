#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace taskwire::cli {

/// The command line of one of the program's commands. Not thread-safe.
class CommandLine {
 public:
  CommandLine(std::string name, const std::string& description, const std::string& footer);

  [[nodiscard]] CLI::App& app() { return app_; }
  /// `value` stays where it is until parse.
  void add_duration(const std::string& flag, std::chrono::milliseconds& value, const std::string& help);
  /// Reads the words after the command's name; those after `--` go into `rest`. Answers an exit status where the
  /// program should end at once: 0 after `--help`, 2 after a mistake, which was explained on standard error.
  [[nodiscard]] std::optional<int> parse(const std::vector<std::string>& words, std::vector<std::string>& rest);
  /// As that, where nothing comes after `--`.
  [[nodiscard]] std::optional<int> parse(const std::vector<std::string>& words);

 private:
  std::string name_;
  CLI::App app_;
};

}  // namespace taskwire::cli
