#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "process/options.h"

namespace taskwire::gate {

/// A socket that listens, non-blocking, and where.
struct Listening {
  engine::Fd socket;
  Address address;
};

/// Listens on every address of `address`'s host: `localhost` is 127.0.0.1 and, where there is one, ::1; another name
/// has those that the system knows. Port 0 takes a free one, the same on all; where it is taken on a later one, that
/// one is left out, with a warning in the log. The first address that the machine has comes first. `CANNOT_START` where
/// a port is in use, the name is unknown, or the machine has none of its addresses.
/// `flag` is the one that named the address.
[[nodiscard]] engine::Result<std::vector<Listening>> listen_on(const std::string& address,
                                                               const std::string& flag = "--listen");

}  // namespace taskwire::gate
