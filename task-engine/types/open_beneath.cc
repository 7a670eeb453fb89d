#include "types/open_beneath.h"

#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <system_error>
#include <vector>

#include "base/text.h"

namespace taskwire::engine {
namespace {

constexpr int kFlags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW;
constexpr std::size_t kMostShownBytes = 512;

/// The components of a relative path; none for one that is absolute or leads upwards.
std::vector<std::string> components_of(const std::string& path) {
  std::vector<std::string> components;
  if (path.empty() || path.front() == '/' || path.find('\0') != std::string::npos) return {};
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    auto component = path.substr(begin, end - begin);
    if (component == "..") return {};
    if (!component.empty() && component != ".") components.push_back(std::move(component));
    begin = end + 1;
  }
  if (components.empty()) components.emplace_back(".");
  return components;
}

/// glibc 2.36 has no wrapper.
int openat2(int root, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  return static_cast<int>(syscall(SYS_openat2, root, path.c_str(), &how, sizeof(how)));
}

}  // namespace

Result<Fd> open_beneath(int root, const std::string& path, int flags) {
  if (components_of(path).empty()) return file_error(path, EXDEV);
  Fd fd(openat2(root, path, kFlags | flags));
  if (fd) return fd;
  if (errno == ENOSYS || errno == EPERM) return open_beneath_by_steps(root, path, flags);
  return file_error(path, errno);
}

Result<Fd> open_beneath_by_steps(int root, const std::string& path, int flags) {
  const auto components = components_of(path);
  if (components.empty()) return file_error(path, EXDEV);
  Fd folder;
  for (std::size_t i = 0; i < components.size(); ++i) {
    const int at = i == 0 ? root : folder.get();
    const bool is_last = i + 1 == components.size();
    Fd next(openat(at, components[i].c_str(), is_last ? kFlags | flags : kFlags | O_DIRECTORY | O_PATH));
    if (!next) return file_error(path, errno);
    folder = std::move(next);
  }
  return folder;
}

tl::unexpected<Error> file_error(const std::string& path, int number) {
  const auto shown = "'" + clean_text(path, kMostShownBytes) + "'";
  switch (number) {
    case ENOENT:
      return refuse(
          Reason::path_not_found,
          shown + ": there is no such file or folder below the engine's --files-root; name one that is there");
    case EXDEV:
    case ELOOP:
      return refuse(Reason::path_forbidden,
                    shown + ": name a path below the engine's --files-root, without .. and symlinks");
    case ENOTDIR:
      return refuse(Reason::not_a_folder, shown + ": this is no folder, or a symlink; name a folder");
    default:
      return refuse(Reason::unreadable, shown + ": " + std::generic_category().message(number) +
                                            "; let the engine read it, or leave it out");
  }
}

}  // namespace taskwire::engine
