#include "program/descriptor.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <system_error>

namespace taskwire {

Pipe Pipe::make(int size) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  if (size > 0) fcntl(ends[1], F_SETPIPE_SZ, size);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
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
