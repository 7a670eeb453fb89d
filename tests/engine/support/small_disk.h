#pragma once

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/mount.h>
#include <unistd.h>

#include "engine/support/temp_dir.h"

namespace taskwire::engine {

/// A disk of 8 MiB that can be filled, and made read-only. It takes root to mount one.
class SmallDisk {
 public:
  SmallDisk() : lack_(mount("tmpfs", dir_.path().c_str(), "tmpfs", 0, "size=8m") == 0 ? "" : std::strerror(errno)) {}
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (lack_.empty()) umount2(dir_.path().c_str(), MNT_DETACH);
  }

  /// Why there is none; empty: there is.
  [[nodiscard]] const std::string& lack() const { return lack_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return dir_ / name; }

  void fill() {
    const int file = open(filler().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) throw std::runtime_error("the small disk cannot be filled");
    const std::string bytes(4096, 'x');
    while (write(file, bytes.data(), bytes.size()) > 0) continue;
    close(file);
  }
  void free() { unlink(filler().c_str()); }
  void set_read_only(bool is_read_only) {
    if (mount(nullptr, dir_.path().c_str(), nullptr, is_read_only ? MS_REMOUNT | MS_RDONLY : MS_REMOUNT, nullptr) != 0)
      throw std::runtime_error(std::string("the small disk cannot be mounted anew: ") + std::strerror(errno));
  }

 private:
  [[nodiscard]] std::string filler() const { return dir_ / "filler"; }

  const TempDir dir_;
  const std::string lack_;
};

}  // namespace taskwire::engine
