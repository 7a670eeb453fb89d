#include "store/data_dir.h"

#include <cerrno>
#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <system_error>

#include "store/private_files.h"

namespace taskwire::engine {

Result<DataDir> DataDir::take(const std::string& path) {
  if (auto made = make_private_folder(path); !made) return tl::make_unexpected(made.error());
  Fd folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return unusable(path, errno);
  if (flock(folder.get(), LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    if (error != EWOULDBLOCK)
      return refuse(Reason::cannot_start, path + ": this file system cannot lock a folder (" +
                                              std::generic_category().message(error) +
                                              "); choose a folder of a local disk with --data-dir");
    return refuse(Reason::cannot_start,
                  path + ": another engine uses this folder; stop it or choose another folder with --data-dir");
  }
  if (const auto loose = looseness(path)) spdlog::warn("{}", *loose);
  return DataDir(path, std::move(folder));
}

}  // namespace taskwire::engine
