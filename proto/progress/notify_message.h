#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace taskwire::progress {

/// A datagram that a program sent to `NOTIFY_SOCKET` (sd_notify(3)). What is not said is absent or false; what is not
/// known here, such as `MAINPID=`, is passed over.
struct NotifyMessage {
  std::optional<std::string> status;  ///< `STATUS=`; clean, at most Progress::kMaxText bytes.
  bool is_alive = false;              ///< `WATCHDOG=1`
  bool has_failed = false;            ///< `WATCHDOG=trigger`
  bool reports_itself = false;        ///< `X_TASKWIRE=1`: it tells the server its progress by itself.

  friend bool operator==(const NotifyMessage&, const NotifyMessage&) = default;
};

/// Of assignments to the same name the last one counts, as in systemd; lines that are none are passed over.
[[nodiscard]] NotifyMessage parse_notify(std::string_view datagram);

}  // namespace taskwire::progress
