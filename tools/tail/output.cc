#include "tail/output.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <system_error>
#include <unistd.h>

namespace taskwire::tail {

bool Output::write(std::string_view bytes) {
  while (!bytes.empty()) {
    std::array<pollfd, 2> waits = {pollfd{fd_, POLLOUT, 0}, pollfd{stop_, POLLIN, 0}};
    if (poll(waits.data(), waits.size(), -1) < 0) continue;  // a signal
    if (waits[0].revents == 0) {
      is_interrupted_ = true;
      return false;
    }
    // A pipe that is ready takes so much without blocking.
    const auto written = ::write(fd_, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR && errno != EAGAIN) {
      if (errno != EPIPE) error_ = "cannot write: " + std::generic_category().message(errno);
      return false;
    }
  }
  return true;
}

bool Output::is_reader_gone() const {
  pollfd wait{fd_, 0, 0};
  return poll(&wait, 1, 0) == 1 && (wait.revents & POLLERR) != 0;
}

}  // namespace taskwire::tail
