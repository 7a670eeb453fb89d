#pragma once

#include <string>
#include <sys/stat.h>
#include <sys/types.h>

namespace taskwire::engine {

/// Another umask, until it goes.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(umask(mask)) {}
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;
  ~Umask() { umask(before_); }

 private:
  mode_t before_;
};

/// Who may use what is there; 0 where nothing is.
inline mode_t mode_of(const std::string& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 ? found.st_mode & 07777 : 0;
}

}  // namespace taskwire::engine
