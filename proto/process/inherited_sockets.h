#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace taskwire {

/// The listening sockets that whoever started this process hands it, as systemd does (sd_listen_fds(3)): LISTEN_FDS
/// descriptors from 3 on, where LISTEN_PID is this process; none else. They are the caller's to close. The error says
/// which is no listening TCP socket. Takes both variables out of the environment, so that no child takes the sockets
/// for its own. For the one thread that there is at the start.
[[nodiscard]] tl::expected<std::vector<int>, std::string> inherited_sockets();

}  // namespace taskwire
