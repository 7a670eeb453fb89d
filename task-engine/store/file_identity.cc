#include "store/file_identity.h"

#include <cerrno>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>

namespace taskwire::engine {

FileIdentity FileIdentity::of(const std::vector<std::string>& paths) {
  FileIdentity identity;
  for (const auto& path : paths) {
    struct stat found {};
    if (stat(path.c_str(), &found) != 0) found = {};
    identity.files_.push_back({path, found.st_dev, found.st_ino, found.st_size > 0});
  }
  return identity;
}

std::optional<std::string> FileIdentity::lost() const {
  for (const auto& file : files_) {
    struct stat found {};
    const bool is_there = stat(file.path.c_str(), &found) == 0;
    const int error = errno;
    const auto name = std::filesystem::path(file.path).filename().string();
    if (!is_there) {
      if (error == ENOENT || error == ENOTDIR) return name + " was removed or renamed while it was open";
      return name + " cannot be looked at any more: " + std::generic_category().message(error);
    }
    if (found.st_dev != file.device || found.st_ino != file.inode)
      return name + " was replaced by another file while it was open";
    if (file.has_content && found.st_size == 0) return name + " was emptied while it was open";
  }
  return std::nullopt;
}

FileIdentity FileIdentity::first() const {
  FileIdentity identity;
  identity.files_.assign(files_.begin(), files_.empty() ? files_.end() : files_.begin() + 1);
  return identity;
}

}  // namespace taskwire::engine
