#pragma once

#include <chrono>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "client/client.h"
#include "taskwire/work_settings.h"

namespace taskwire::cli {

/// A claim of tasks: the same until it is answered, so that it is carried out once, however often it is sent.
struct Claim {
  std::string key;
  nlohmann::json body;
};

/// So long the server may hold a claim back.
inline constexpr std::chrono::seconds kClaimWait(30);

/// Of as many as `places` tasks.
[[nodiscard]] Claim make_claim(const WorkSettings& settings, std::size_t places);
[[nodiscard]] client::Request request_of(const Claim& claim);

/// What came of a claim that was given up, and may have been answered at the same moment, which its key keeps: the
/// assignments; none where nobody tells in two seconds.
[[nodiscard]] nlohmann::json outcome_of(const Claim& claim, const EdgeSettings& edge);

}  // namespace taskwire::cli
