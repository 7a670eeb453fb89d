#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "types/files.h"

namespace taskwire::engine {

/// A regular file as a scan found it.
struct FoundFile {
  std::string path;  ///< Below the scanned folder; UTF-8.
  std::int64_t bytes;
};

/// A file or folder that could not be looked at.
struct SkippedPath {
  std::string path;  ///< Below the scanned folder; UTF-8, so perhaps not exactly its name.
  Reason reason;     ///< Of `open_beneath`, or `NAME_NOT_UTF8`.
};

/// What a scan found, each in the order of the paths.
struct Scan {
  std::vector<FoundFile> files;
  std::vector<SkippedPath> skipped;
};

/// How far a scan goes.
struct ScanLimits {
  std::size_t files = 10'000;    ///< Skipped ones too.
  std::size_t folders = 10'000;  ///< Below the one that is scanned.
  std::size_t depth = 100;       ///< Folders within each other, the one that is scanned aside.
};

/// The regular files below an open folder; symlinks, devices, the engine's data and the like are left out. What
/// vanished meanwhile or cannot be read is skipped, but not the folder itself: then the errors are those of
/// `open_beneath`. `go_on` is asked at each entry with the number of files so far. `TOO_MANY_FILES`: there is more than
/// `limits` allow; `CANCELLED`: `go_on` said no.
[[nodiscard]] Result<Scan> find_files(const Files& files, int folder, const ScanLimits& limits,
                                      const std::function<bool(std::size_t)>& go_on);

}  // namespace taskwire::engine
