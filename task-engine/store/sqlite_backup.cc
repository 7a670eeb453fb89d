#include "store/sqlite_backup.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>

#include "base/fd.h"
#include "store/private_files.h"
#include "store/sqlite.h"
#include "store/sqlite_layout.h"

namespace taskwire::engine {
namespace {

using sqlite::Database;

tl::unexpected<Error> failure_of(const Database& database) {
  const auto& failure = *database.failure();
  return refuse(Reason::cannot_start, failure.message + "; " + std::string(mend_of(trouble_of(failure))));
}

/// Gives a copy that nobody uses yet a name of its own.
Result<void> rename_log(const std::string& copy, const Random& random) {
  auto opened = Database::open(copy, Database::Access::read_write);
  if (!opened) return refuse(Reason::cannot_start, opened.error().message);
  auto& database = **opened;
  database.script("PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE;");
  database.run("UPDATE meta SET epoch = ?", std::string_view(make_epoch(random)));
  if (database.failure()) return failure_of(database);
  return {};
}

tl::unexpected<Error> cannot_make(const std::string& file) {
  return refuse(Reason::cannot_start,
                file + ": " + std::generic_category().message(errno) + "; name a file in a folder that you may write");
}

/// Replaces nothing, where the file system can promise that.
bool rename_to(const std::string& from, const std::string& to) {
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  return errno == EINVAL && rename(from.c_str(), to.c_str()) == 0;
}

}  // namespace

Result<void> back_up(const std::string& path, const std::string& to, const Random& random) {
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::symlink_status(to, error)))
    return refuse(Reason::cannot_start, to + " is there already; name a file that is not, or move it away");
  auto log = open_log(path);
  if (!log) return tl::make_unexpected(log.error());
  const auto copy = to + ".partial";
  std::filesystem::remove(copy, error);  // of a backup that did not come to its end
  if (!Fd(::open(copy.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600))) return cannot_make(to);
  (*log)->copy_to(copy);
  auto done = (*log)->failure() ? Result<void>(failure_of(**log)) : rename_log(copy, random);
  if (done && !rename_to(copy, to)) done = cannot_make(to);
  if (!done) std::filesystem::remove(copy, error);
  return done ? sync_folder_of(to) : done;
}

}  // namespace taskwire::engine
