#include "net/spare_descriptor.h"

#include <fcntl.h>
#include <unistd.h>

namespace taskwire::edge {

void SpareDescriptor::take() {
  if (fd_ < 0) fd_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void SpareDescriptor::give_up() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

}  // namespace taskwire::edge
