#include "taskwire/claim.h"

#include <chrono>
#include <thread>

#include "taskwire/asker.h"
#include "taskwire/key.h"
#include "taskwire/problem.h"

namespace taskwire::cli {

using std::chrono::milliseconds;

Claim make_claim(const WorkSettings& settings, std::size_t places) {
  return {random_key(),
          {{"worker", settings.worker},
           {"types", settings.types},
           {"max", places},
           {"waitMs", milliseconds(kClaimWait).count()}}};
}

client::Request request_of(const Claim& claim) {
  return posting("/api/work/claim", claim.body, claim.key);
}

nlohmann::json outcome_of(const Claim& claim, const EdgeSettings& edge) {
  using Clock = std::chrono::steady_clock;
  constexpr milliseconds kPatience(2000);
  constexpr milliseconds kPause(200);
  client::Client client(edge.url, edge.token);
  auto at_once = claim;
  at_once.body["waitMs"] = 0;
  for (const auto deadline = Clock::now() + kPatience; Clock::now() < deadline; std::this_thread::sleep_for(kPause)) {
    // With another body the key is refused where it was used, and else used up.
    auto answer = client.ask(request_of(at_once), kPatience);
    if (answer && problem_of(*answer).reason == "IDEMPOTENCY_KEY_REUSED")
      answer = client.ask(request_of(claim), kPatience);
    if (!answer || is_passing(*answer)) continue;
    const auto body = json_of(*answer);
    return answer->is_success() && body.is_object() ? body.value("assignments", nlohmann::json()) : nlohmann::json();
  }
  return {};
}

}  // namespace taskwire::cli
