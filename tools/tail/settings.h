#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tail/target.h"

namespace taskwire::tail {

/// What the user wants.
struct Settings {
  enum class Form {
    automatic,  ///< `plain` on a terminal, else `json`.
    json,       ///< A JSON object a line.
    plain,      ///< For people: bars on a terminal, else a line for each event.
  };
  Target target;
  std::string token;  ///< Sent as a bearer; empty: none, as for another edge than `--edge` or TASKWIRE_URL names.
  std::string last_event_id;  ///< Where to resume; empty: from the start.
  std::optional<std::uint64_t>
      count{};  ///< The end comes after so many events, the stream's own (reset, synced, skipped, upstream) aside.
  Form form = Form::automatic;
  bool retries = true;  ///< A lost connection is made anew.
};

/// Reads the command line and the environment: flag before environment before default. Answers an exit status where the
/// program should end at once: 0 after `--help` and `--version`, 2 after a mistake, which was explained on standard
/// error.
[[nodiscard]] std::optional<int> parse_command_line(int argc, const char* const* argv, Settings& settings);

}  // namespace taskwire::tail
