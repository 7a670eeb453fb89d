#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "progress/progress.h"
#include "text/terminal_line.h"

namespace taskwire::progress {

/// Where a program wrote to.
enum class Stream { out, err, terminal };

/// Knows what one program prints. Not thread-safe.
class Profile {
 public:
  virtual ~Profile() = default;
  /// Is shown all that the program draws, in order. Returns whether this told something of its progress; `progress` is
  /// unchanged otherwise.
  virtual bool read(const Drawing& drawing, Stream stream, Progress& progress) = 0;
};

using Arguments = std::span<const std::string>;

struct ProfileKind {
  std::string_view name;
  std::vector<std::string_view> commands;                 ///< Names of the programs that it knows.
  std::unique_ptr<Profile> (*make)(Arguments arguments);  ///< With the program's arguments.
  /// The program runs others, or prints what they do, so what the profile does not know may be progress all the same.
  bool runs_others = false;
};

/// All kinds, by name.
[[nodiscard]] const std::vector<ProfileKind>& profile_kinds();

/// What can be asked for by name, sorted.
[[nodiscard]] std::vector<std::string_view> profile_names();

/// The kind of that name; nullptr where there is none.
[[nodiscard]] const ProfileKind* profile_named(std::string_view name);

/// The kind that knows a program of that name; nullptr where none does.
[[nodiscard]] const ProfileKind* profile_for(std::string_view command);

}  // namespace taskwire::progress
