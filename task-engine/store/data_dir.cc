#include "store/data_dir.h"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace taskwire::engine {
namespace {

tl::unexpected<Error> unusable(const std::string& path, const std::error_code& error) {
  return refuse(Reason::cannot_start, path + ": " + error.message() +
                                          "; give the engine write access or choose another folder with --data-dir");
}

}  // namespace

Result<DataDir> DataDir::take(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return unusable(path, error);
  const auto file = path + "/lock";
  const int lock = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return unusable(file, std::error_code(errno, std::generic_category()));
  DataDir dir(path, lock);
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    return refuse(Reason::cannot_start,
                  path + ": another engine uses this folder; stop it or choose another folder with --data-dir");
  }
  return dir;
}

DataDir::~DataDir() {
  if (lock_ >= 0) close(lock_);
}

}  // namespace taskwire::engine
