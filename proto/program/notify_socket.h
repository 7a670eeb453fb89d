#pragma once

#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>

#include "program/descriptor.h"
#include "progress/notify_message.h"

namespace taskwire {

/// The socket that a program sends sd_notify(3) messages to, in a folder of ours, which nobody else can look into;
/// both are gone with this. Not thread-safe.
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
  /// A program of that user may send, too; it takes root.
  void give_to(uid_t user, gid_t group) const;
  /// Reads what has come.
  void read(const std::function<void(const progress::NotifyMessage&)>& heard) const;

 private:
  NotifySocket() = default;

  Descriptor fd_;
  std::string folder_, path_;
};

}  // namespace taskwire
