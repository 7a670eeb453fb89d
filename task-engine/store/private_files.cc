#include "store/private_files.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "base/fd.h"

namespace taskwire::engine {
namespace {

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;
constexpr mode_t kOthers = 0077;

}  // namespace

tl::unexpected<Error> unusable(const std::string& path, int os_error) {
  const std::string what = path + ": " + std::generic_category().message(os_error);
  if (os_error == ENOSPC || os_error == EDQUOT) return refuse(Reason::cannot_start, what + "; make room on its disk");
  return refuse(Reason::cannot_start, what + "; give the engine write access or choose another folder with --data-dir");
}

Result<void> make_private_folder(const std::string& path) {
  std::error_code error;  // is_directory sets it for what is not there, too
  if (std::filesystem::is_directory(path, error)) return {};
  auto folder = std::filesystem::path(path).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  if (folder.has_parent_path()) {
    std::filesystem::create_directories(folder.parent_path(), error);
    if (error) return unusable(path, error.value());
  }
  if (mkdir(folder.c_str(), kFolderMode) != 0) {
    const int reason = errno;
    if (reason == EEXIST && std::filesystem::is_directory(folder, error)) return {};
    return unusable(path, reason == EEXIST ? ENOTDIR : reason);
  }
  if (chmod(folder.c_str(), kFolderMode) != 0) return unusable(path, errno);
  return sync_folder_of(folder.string());
}

Result<void> make_private_file(const std::string& path) {
  const Fd file(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode));
  if (!file || fchmod(file.get(), kFileMode) != 0) return unusable(path, errno);
  return sync_folder_of(path);
}

Result<void> sync_folder_of(const std::string& path) {
  const auto folder = std::filesystem::absolute(path).parent_path();
  const Fd opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // A folder that may be written and not be read cannot be synced, nor can it on some file systems.
  if (!opened) return errno == EACCES ? Result<void>() : unusable(path, errno);
  if (fsync(opened.get()) != 0 && errno != EINVAL) return unusable(path, errno);
  return {};
}

std::optional<std::string> looseness(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0 || (found.st_mode & kOthers) == 0) return std::nullopt;
  const bool is_folder = S_ISDIR(found.st_mode);
  std::array<char, 8> mode{};
  std::snprintf(mode.data(), mode.size(), "%03o", static_cast<unsigned>(found.st_mode & 0777));
  return path + " has mode " + mode.data() + ", so other users of this machine may " +
         (is_folder ? "look into it" : "read what the log holds") + "; if they should not: chmod " +
         (is_folder ? "700 " : "600 ") + path;
}

}  // namespace taskwire::engine
