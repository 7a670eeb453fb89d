#include "bench/scenarios.h"

namespace taskwire::bench {

Report run_scenario(Bench& bench) {
  const auto& name = bench.settings().scenario;
  if (name == "idle") return run_idle(bench);
  if (name == "most") return run_most(bench);
  if (name == "connect") return run_connect(bench);
  if (name == "replay") return run_replay(bench);
  if (name == "slow") return run_slow(bench);
  if (name == "interference") return run_interference(bench);
  if (name == "polling") return run_polling(bench);
  return run_delivery(bench);
}

}  // namespace taskwire::bench
