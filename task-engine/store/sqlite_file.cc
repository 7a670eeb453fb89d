#include "store/sqlite_file.h"

#include <filesystem>
#include <spdlog/spdlog.h>

#include "store/private_files.h"

namespace taskwire::engine {

namespace {

tl::unexpected<Error> is_missing_beside(const std::string& path, const std::string& rest) {
  return refuse(Reason::cannot_start, path + " is missing, though " + rest +
                                          " is there; put it back beside that, or choose another folder with "
                                          "--data-dir");
}

}  // namespace

Result<void> provide_sqlite_file(const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    if (const auto loose = looseness(path)) spdlog::warn("{}", *loose);
    return {};
  }
  for (const auto* const suffix : {"-wal", "-journal"}) {
    // SQLite would throw it away as the rest of something else, and it may hold what was committed last.
    const auto beside = path + suffix;
    if (const auto size = std::filesystem::file_size(beside, error); !error && size > 0)
      return is_missing_beside(path, beside);
  }
  return make_private_file(path);
}

}  // namespace taskwire::engine
