#pragma once

#include <cstddef>
#include <cstdint>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <tl/expected.hpp>

namespace taskwire::bench {

/// An IPv4 address and port to connect to.
[[nodiscard]] tl::expected<sockaddr_in, std::string> resolve(const std::string& host, const std::string& port);

/// Connections that one address of ours has to one address of theirs; the kernel has about 28,000 ports for them.
inline constexpr std::size_t kConnectionsPerSource = 25'000;

/// The address, in host order, that the connection number `index` to `target` comes from: another of 127.0.0.0/8 for
/// each kConnectionsPerSource where the target is there too. Nothing: the kernel chooses.
[[nodiscard]] std::optional<std::uint32_t> source_address(std::size_t index, const sockaddr_in& target);

/// A socket that is being connected, and never blocks; -1 and errno where that failed. `receive_buffer`: SO_RCVBUF, 0
/// for the system's.
[[nodiscard]] int start_connect(const sockaddr_in& target, std::optional<std::uint32_t> source, int receive_buffer);

/// Raises the limit of open descriptors, and answers what is wrong where it stays below what `connections` need.
[[nodiscard]] std::optional<std::string> ensure_descriptors(std::size_t connections);

}  // namespace taskwire::bench
