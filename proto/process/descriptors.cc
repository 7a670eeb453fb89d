#include "process/descriptors.h"

#include <sys/resource.h>

namespace taskwire {

std::size_t raise_descriptor_limit() {
  constexpr std::size_t kLeastOfPosix = 20;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return kLeastOfPosix;
  const rlimit wanted{limit.rlim_max, limit.rlim_max};
  return setrlimit(RLIMIT_NOFILE, &wanted) == 0 ? wanted.rlim_cur : limit.rlim_cur;
}

}  // namespace taskwire
