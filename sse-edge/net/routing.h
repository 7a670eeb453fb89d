#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <tl/expected.hpp>

#include "http/message.h"
#include "http/routes.h"
#include "http/target.h"
#include "net/services.h"
#include "resume/access.h"

namespace taskwire::edge {

/// The reconnection time that is given to streams without a place.
inline constexpr std::chrono::seconds kComeBack{20};

/// What a request wants, and who wants it.
struct Destination {
  Target target;
  Route route;
  Principal principal = Principal::anyone;
  bool is_turned_away = false;      ///< A stream that gets no place: it is told to come back later.
  std::uint64_t most_body_bytes{};  ///< What the request may bring.
};

/// Why a request or a stream has no place, and when to try again.
struct Refusal {
  Reason reason;
  std::chrono::seconds wait = kComeBack;
};

/// Finds out from its header where a request goes: the host it names, who asks, the route, the page that asks.
/// `refuse` says why there is no place for it; it is not asked for the probes, of health and of metrics, which do
/// without. The answer where nothing else is needed for it: a file, OPTIONS, or a problem: MALFORMED_TARGET, what
/// RequestGuard and find_route say, and the refusal.
[[nodiscard]] tl::expected<Destination, HttpResponse> find_destination(
    const Services& services, const HttpRequest& header, const std::function<std::optional<Refusal>()>& refuse);

/// Whether the client is an EventSource, or takes what one takes.
[[nodiscard]] bool is_event_source(const HttpRequest& header);

/// The problem of who may have no place now.
[[nodiscard]] Problem no_place(const Refusal& refusal);

}  // namespace taskwire::edge
