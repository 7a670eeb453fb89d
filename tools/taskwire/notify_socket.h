#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "progress/notify_message.h"
#include "taskwire/descriptor.h"

namespace taskwire::cli {

/// The socket that a program sends sd_notify(3) messages to, in a folder of our user alone; both are gone with this.
/// Not thread-safe.
class NotifySocket {
 public:
  /// Nothing where it cannot be made: nobody needs it.
  static std::optional<NotifySocket> make();
  ~NotifySocket();
  NotifySocket(NotifySocket&& other) noexcept
      : fd_(std::move(other.fd_)), folder_(std::exchange(other.folder_, {})), path_(std::exchange(other.path_, {})) {}
  NotifySocket& operator=(NotifySocket&& other) noexcept = delete;

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Reads what has come.
  void read(const std::function<void(const progress::NotifyMessage&)>& heard) const;

 private:
  NotifySocket() = default;

  Descriptor fd_;
  std::string folder_, path_;
};

}  // namespace taskwire::cli
