#include "progress/profile.h"

#include <algorithm>

#include "progress/command.h"
#include "progress/profiles/profiles.h"

namespace taskwire::progress {

const std::vector<ProfileKind>& profile_kinds() {
  static const std::vector<ProfileKind> kinds = {
      {"apt", {"apt", "apt-get", "aptitude"}, make_apt},
      {"cargo", {"cargo"}, make_cargo, true},
      {"curl", {"curl"}, make_curl},
      {"dd", {"dd"}, make_dd},
      {"docker", {"docker", "docker-compose"}, make_docker, true},
      {"e2fsck", {"e2fsck", "fsck.ext2", "fsck.ext3", "fsck.ext4"}, make_e2fsck},
      {"ffmpeg", {"ffmpeg"}, make_ffmpeg},
      {"git", {"git"}, make_git, true},
      {"make", {"make", "gmake", "cmake"}, make_make, true},
      {"ninja", {"ninja", "ninja-build", "samu"}, make_ninja, true},
      {"pip", {"pip"}, make_pip, true},
      {"pv", {"pv"}, make_pv},
      {"rsync", {"rsync"}, make_rsync},
      {"tqdm", {"tqdm"}, make_tqdm, true},
      {"wget", {"wget"}, make_wget},
      {"zstd", {"zstd", "unzstd", "zstdmt"}, make_zstd},
  };
  return kinds;
}

std::vector<std::string_view> profile_names() {
  std::vector<std::string_view> names;
  for (const auto& kind : profile_kinds()) names.push_back(kind.name);
  return names;
}

const ProfileKind* profile_named(std::string_view name) {
  const auto& kinds = profile_kinds();
  const auto found =
      std::find_if(kinds.begin(), kinds.end(), [&](const ProfileKind& kind) { return kind.name == name; });
  return found == kinds.end() ? nullptr : &*found;
}

const ProfileKind* profile_for(std::string_view command) {
  for (const auto name : {command, without_version(command)}) {
    for (const auto& kind : profile_kinds()) {
      if (std::find(kind.commands.begin(), kind.commands.end(), name) != kind.commands.end()) return &kind;
    }
  }
  return nullptr;
}

}  // namespace taskwire::progress
