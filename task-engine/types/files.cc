#include "types/files.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "tasks/task_type.h"
#include "types/open_beneath.h"

namespace taskwire::engine {
namespace {

struct CloseDir {
  void operator()(DIR* dir) const { closedir(dir); }
};

std::string join(const std::string& folder, const char* name) {
  return folder == "." ? name : folder + '/' + name;
}

}  // namespace

Result<Files> Files::open(const std::string& root, const std::string& data_dir) {
  Fd fd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat data {};
  if (!fd || stat(data_dir.c_str(), &data) != 0) {
    return refuse(Reason::cannot_start,
                  root + ": " + std::generic_category().message(errno) + "; choose another folder with --files-root");
  }
  return Files(std::move(fd), data.st_dev, data.st_ino);
}

Result<Fd> Files::folder(const std::string& path) const {
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const auto above = open_beneath(root_.get(), path.substr(0, slash), O_DIRECTORY);
    if (above && is_data(above->get()))
      return refuse(Reason::path_forbidden, path + ": the engine keeps its data there; choose another folder");
  }
  return open_beneath(root_.get(), path, O_DIRECTORY);
}

bool Files::is_data(int folder) const {
  struct stat status {};
  return fstat(folder, &status) == 0 && status.st_dev == data_device_ && status.st_ino == data_inode_;
}

Result<std::vector<FoundFile>> find_files(const Files& files, int folder, std::size_t most,
                                          const std::function<bool(std::size_t)>& go_on) {
  std::vector<FoundFile> found;
  std::vector<std::string> folders{"."};
  while (!folders.empty()) {
    const auto path = std::exchange(folders.back(), {});
    folders.pop_back();
    auto fd = open_beneath(folder, path, O_DIRECTORY);
    if (!fd) return tl::make_unexpected(fd.error());
    if (files.is_data(fd->get())) continue;
    const std::unique_ptr<DIR, CloseDir> dir(fdopendir(fd->get()));
    if (!dir) return file_error(path, errno);
    (void)fd->release();
    for (;;) {
      if (!go_on(found.size())) return stopped();
      errno = 0;
      const auto* const entry = readdir(dir.get());
      if (entry == nullptr && errno != 0) return file_error(path, errno);
      if (entry == nullptr) break;
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      const auto entry_path = join(path, entry->d_name);
      struct stat status {};
      if (fstatat(dirfd(dir.get()), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT) continue;  // gone since it was listed
        return file_error(entry_path, errno);
      }
      if (S_ISDIR(status.st_mode)) folders.push_back(entry_path);
      if (!S_ISREG(status.st_mode)) continue;
      if (!is_utf8(entry_path))
        return refuse(Reason::name_not_utf8,
                      "'" + clean_text(entry_path, PATH_MAX) + "': the name is no UTF-8; rename the file");
      if (found.size() == most)
        return refuse(Reason::too_many_files,
                      "there are more than " + std::to_string(most) + " files; choose a smaller folder");
      found.push_back({entry_path, status.st_size});
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return found;
}

}  // namespace taskwire::engine
