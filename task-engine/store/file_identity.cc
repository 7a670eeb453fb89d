#include "store/file_identity.h"

#include <cerrno>
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
    if (stat(file.path.c_str(), &found) != 0) {
      if (errno == ENOENT || errno == ENOTDIR) return file.path + " was removed or renamed while it was open";
      return file.path + " cannot be looked at any more: " + std::generic_category().message(errno);
    }
    if (found.st_dev != file.device || found.st_ino != file.inode)
      return file.path + " was replaced by another file while it was open";
    if (file.has_content && found.st_size == 0) return file.path + " was emptied while it was open";
  }
  return std::nullopt;
}

FileIdentity FileIdentity::first() const {
  FileIdentity identity;
  identity.files_.assign(files_.begin(), files_.empty() ? files_.end() : files_.begin() + 1);
  return identity;
}

}  // namespace taskwire::engine
