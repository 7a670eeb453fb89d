#include "types/find_files.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <string_view>
#include <sys/stat.h>
#include <utility>

#include "base/text.h"
#include "tasks/task_type.h"
#include "types/open_beneath.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kShown = 512;

struct CloseDir {
  void operator()(DIR* dir) const { closedir(dir); }
};

std::string join(const std::string& folder, const char* name) {
  return folder == "." ? name : folder + '/' + name;
}

/// One scan under way. Not thread-safe.
class Scanner {
 public:
  Scanner(const Files& files, int folder, const ScanLimits& limits, const std::function<bool(std::size_t)>& go_on)
      : files_(files), root_(folder), limits_(limits), go_on_(go_on) {}

  Result<Scan> run() {
    if (auto looked = look_into({".", 0}); !looked) return tl::make_unexpected(looked.error());
    while (!folders_.empty()) {
      const auto next = std::move(folders_.back());
      folders_.pop_back();
      const auto looked = look_into(next);
      if (looked) continue;
      if (has_ended_) return tl::make_unexpected(looked.error());
      skip(next.path, looked.error().reason);
    }
    const auto by_path = [](const auto& a, const auto& b) { return a.path < b.path; };
    std::sort(scan_.files.begin(), scan_.files.end(), by_path);
    std::sort(scan_.skipped.begin(), scan_.skipped.end(), by_path);
    return std::move(scan_);
  }

 private:
  struct Folder {
    std::string path;
    std::size_t depth;
  };

  Result<void> look_into(const Folder& folder) {
    auto fd = open_beneath(root_, folder.path, O_DIRECTORY);
    if (!fd) return tl::make_unexpected(fd.error());
    if (files_.is_data(fd->get())) return {};
    const std::unique_ptr<DIR, CloseDir> dir(fdopendir(fd->get()));
    if (!dir) return file_error(folder.path, errno);
    (void)fd->release();
    for (;;) {
      if (!go_on_(scan_.files.size())) return end(stopped());
      errno = 0;
      const auto* const entry = readdir(dir.get());
      if (entry == nullptr && errno != 0) return file_error(folder.path, errno);
      if (entry == nullptr) return {};
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      if (auto taken = take_in(dirfd(dir.get()), entry->d_name, folder); !taken) return taken;
    }
  }

  /// Only an end of the scan is an error.
  Result<void> take_in(int dir, const char* name, const Folder& folder) {
    const auto path = join(folder.path, name);
    struct stat status {};
    if (fstatat(dir, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
      skip(path, file_error(path, errno).value().reason);
    } else if (S_ISDIR(status.st_mode)) {
      if (++found_folders_ > limits_.folders) return too_many(std::to_string(limits_.folders) + " folders");
      if (folder.depth == limits_.depth)
        return too_many(std::to_string(limits_.depth) + " folders within each other, as " + clean_text(path, kShown));
      folders_.push_back({path, folder.depth + 1});
    } else if (S_ISREG(status.st_mode) && !is_utf8(path)) {
      skip(path, Reason::name_not_utf8);
    } else if (S_ISREG(status.st_mode)) {
      scan_.files.push_back({path, status.st_size});
    }
    if (scan_.files.size() + scan_.skipped.size() > limits_.files)
      return too_many(std::to_string(limits_.files) + " files");
    return {};
  }

  void skip(const std::string& path, Reason reason) { scan_.skipped.push_back({clean_text(path, PATH_MAX), reason}); }

  Result<void> too_many(const std::string& what) {
    return end(refuse(Reason::too_many_files, "there are more than " + what + "; choose a smaller folder"));
  }
  Result<void> end(tl::unexpected<Error> error) {
    has_ended_ = true;
    return error;
  }

  const Files& files_;
  const int root_;
  const ScanLimits& limits_;
  const std::function<bool(std::size_t)>& go_on_;
  Scan scan_;
  std::vector<Folder> folders_;
  std::size_t found_folders_ = 0;
  bool has_ended_ = false;
};

}  // namespace

Result<Scan> find_files(const Files& files, int folder, const ScanLimits& limits,
                        const std::function<bool(std::size_t)>& go_on) {
  return Scanner(files, folder, limits, go_on).run();
}

}  // namespace taskwire::engine
