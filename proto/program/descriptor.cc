#include "program/descriptor.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>

namespace taskwire {

Pipe Pipe::make(int size) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  if (size > 0) fcntl(ends[1], F_SETPIPE_SZ, size);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

void open_standard_descriptors() {
  int fd = 0;
  do fd = open("/dev/null", O_RDWR);  // the lowest that is free
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0) close(fd);
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {  // whoever shares the descriptor made it so
      pollfd wait{fd, POLLOUT, 0};
      poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

void close_all_but(std::span<int> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned next = 0;
  for (const int fd : kept) {
    if (fd < 0) continue;
    const auto number = static_cast<unsigned>(fd);
    if (number > next) close_range(next, number - 1, 0);
    next = number + 1;
  }
  close_range(next, ~0U, 0);
}

Bell::Bell() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!fd_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void Bell::ring() const {
  const std::uint64_t one = 1;
  if (write(fd_.get(), &one, sizeof one) < 0) return;  // it rings already
}

bool Bell::take() const {
  std::uint64_t count = 0;
  return read(fd_.get(), &count, sizeof count) == sizeof count;
}

}  // namespace taskwire
