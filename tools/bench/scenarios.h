#pragma once

#include "bench/bench.h"
#include "bench/report.h"

namespace taskwire::bench {

/// Each fails with Failure where it cannot be measured.
[[nodiscard]] Report run_idle(Bench& bench);
/// fan-out and channels.
[[nodiscard]] Report run_delivery(Bench& bench);
[[nodiscard]] Report run_most(Bench& bench);
[[nodiscard]] Report run_connect(Bench& bench);
[[nodiscard]] Report run_replay(Bench& bench);
[[nodiscard]] Report run_slow(Bench& bench);
[[nodiscard]] Report run_interference(Bench& bench);
[[nodiscard]] Report run_polling(Bench& bench);

/// The scenario that the settings name.
[[nodiscard]] Report run_scenario(Bench& bench);

}  // namespace taskwire::bench
