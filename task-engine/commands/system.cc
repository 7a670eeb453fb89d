#include "commands/system.h"

#include <algorithm>
#include <filesystem>
#include <grp.h>
#include <pwd.h>
#include <sstream>
#include <sys/resource.h>
#include <unistd.h>

namespace taskwire::engine {
namespace {

namespace fs = std::filesystem;

bool is_program(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && access(path.c_str(), X_OK) == 0;
}

std::vector<gid_t> groups_of(const passwd& user) {
  int count = 64;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  while (getgrouplist(user.pw_name, user.pw_gid, groups.data(), &count) < 0) {
    groups.resize(std::max(groups.size() * 2, static_cast<std::size_t>(count)));
    count = static_cast<int>(groups.size());
  }
  groups.resize(static_cast<std::size_t>(count));
  return groups;
}

}  // namespace

Result<std::string> find_program(const std::string& name, const std::string& path) {
  if (name.find('/') != std::string::npos) {
    if (name[0] != '/')
      return refuse(Reason::cannot_start,
                    "'" + name + "' is a path within a folder that is not told; write it from / on");
    if (!is_program(name))
      return refuse(Reason::cannot_start, "'" + name + "' is no program that can be run; install it, or mend the path");
    return name;
  }
  std::istringstream folders(path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    auto candidate = folder;
    candidate.append("/").append(name);
    if (folder.starts_with('/') && !name.empty() && is_program(candidate)) return candidate;
  }
  return refuse(Reason::cannot_start, "there is no program '" + name + "' in " + path +
                                          "; install it, or write its path, or another PATH in environment");
}

Result<SystemUser> find_user(const std::string& name) {
  const auto* const found = getpwnam(name.c_str());
  if (found == nullptr)
    return refuse(Reason::cannot_start, "there is no user '" + name + "' on this machine; add it, or name another");
  if (geteuid() != 0 && found->pw_uid != geteuid())
    return refuse(Reason::cannot_start,
                  "programs run as another user only where the engine is root's; start it as root, or leave this out");
  return SystemUser{found->pw_name, found->pw_dir, found->pw_uid, found->pw_gid, groups_of(*found)};
}

Result<void> check_folder(const std::string& folder) {
  std::error_code error;
  if (folder.starts_with('/') && fs::is_directory(folder, error)) return {};
  return refuse(Reason::cannot_start, "'" + folder + "' is no folder; make it, or name another, from / on");
}

std::uint64_t most_descriptors() {
  constexpr std::uint64_t kMostOfSystem = 1 << 20;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return std::min<std::uint64_t>(limit.rlim_max, kMostOfSystem);
}

}  // namespace taskwire::engine
