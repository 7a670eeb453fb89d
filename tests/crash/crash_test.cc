// What the store acknowledged, on a disk that forgets what was not synced. TASKWIRE_CRASH_SEEDS sets how many histories
// each test runs, TASKWIRE_CRASH_SEED the first; a failure names its seed.
#include <cstdlib>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "crash/simulation.h"

namespace taskwire::engine {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* const wanted = std::getenv(name);
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : otherwise;
}

class CrashTest : public testing::Test {
 protected:
  CrashTest() { spdlog::set_default_logger(std::make_shared<spdlog::logger>("silent")); }
  ~CrashTest() override { spdlog::set_default_logger(logger_); }

  /// Runs as many histories as wanted, and stops at the first broken promise.
  void keeps_its_promises(const Simulation::Rules& rules) {
    const auto first = from_environment("TASKWIRE_CRASH_SEED", 1);
    const auto seeds = from_environment("TASKWIRE_CRASH_SEEDS", 40);
    for (auto seed = first; seed < first + seeds; ++seed) {
      const auto violation = run(seed, rules);
      if (!violation) continue;
      FAIL() << violation->text << "\nto see it again: TASKWIRE_CRASH_SEED=" << seed
             << " TASKWIRE_CRASH_SEEDS=1 crash_test --gtest_filter=CrashTest."
             << testing::UnitTest::GetInstance()->current_test_info()->name();
    }
    std::printf(
        "%llu histories: %llu lives, %llu cut, %llu falls, %llu commits, %llu failed (%llu unknown), %llu closed, "
        "%llu new epochs, shrunk %llu times, %llu first only read, %llu looks while nothing could be written\n",
        ull(seeds), ull(counts.lives), ull(counts.cuts), ull(counts.falls), ull(counts.commits), ull(counts.failures),
        ull(counts.unknown), ull(counts.closes), ull(counts.new_epochs), ull(counts.shrunk), ull(counts.only_read),
        ull(counts.glimpses));
  }
  /// That such a violation is found, in at most so many histories from `first` on.
  void finds(const Simulation::Rules& rules, Violation::Kind kind, std::uint64_t first = 1) {
    constexpr std::uint64_t kMost = 3000;
    std::string others;
    for (auto seed = first; seed < first + kMost; ++seed) {
      const auto violation = run(seed, rules);
      if (violation && violation->kind == kind) {
        std::printf("found with seed %llu\n", ull(seed));
        return;
      }
      if (violation) others.append(" ").append(name_of(violation->kind));
    }
    FAIL() << "not found: " << name_of(kind) << "; but:" << others;
  }
  static unsigned long long ull(std::uint64_t number) { return number; }

  std::optional<Violation> run(std::uint64_t seed, const Simulation::Rules& rules) {
    const TempDir dir;
    Simulation simulation(seed, rules, dir.path());
    auto violation = simulation.run();
    const auto& more = simulation.counts();
    counts.lives += more.lives;
    counts.commits += more.commits;
    counts.cuts += more.cuts;
    counts.falls += more.falls;
    counts.failures += more.failures;
    counts.unknown += more.unknown;
    counts.closes += more.closes;
    counts.new_epochs += more.new_epochs;
    counts.shrunk += more.shrunk;
    counts.only_read += more.only_read;
    counts.glimpses += more.glimpses;
    return violation;
  }

  Simulation::Counts counts;

 private:
  std::shared_ptr<spdlog::logger> logger_ = spdlog::default_logger();
};

TEST_F(CrashTest, FullDurabilityKeepsWhatItAcknowledged) {
  keeps_its_promises({.durability = Durability::full});
}

TEST_F(CrashTest, NormalDurabilityKeepsAPrefixAndUsesNoIdTwice) {
  keeps_its_promises({.durability = Durability::normal});
}

TEST_F(CrashTest, DurabilityMayChangeFromRunToRun) {
  keeps_its_promises({.durability = std::nullopt});
}

TEST_F(CrashTest, NormalDurabilityUsesNoIdTwiceAfterASyncThatFailedAndAKill) {
  keeps_its_promises({.durability = Durability::normal, .kills_after_failed_syncs = true});
}

TEST_F(CrashTest, FullDurabilityShowsNobodyWhatADiskThatFailsForGoodMayNotHave) {
  keeps_its_promises({.durability = Durability::full, .syncs_fail_for_good = true});
}

TEST_F(CrashTest, TheFirstLayoutIsBroughtToTodaysAtOnceOrNotAtAll) {
  keeps_its_promises({.durability = std::nullopt, .layout = 1});
}

TEST_F(CrashTest, TheSecondLayoutIsBroughtToTodaysAtOnceOrNotAtAll) {
  keeps_its_promises({.durability = std::nullopt, .layout = 2});
}

TEST_F(CrashTest, TheThirdLayoutIsBroughtToTodaysAtOnceOrNotAtAll) {
  keeps_its_promises({.durability = std::nullopt, .layout = 3});
}

TEST_F(CrashTest, TheFourthLayoutIsBroughtToTodaysAtOnceOrNotAtAll) {
  keeps_its_promises({.durability = std::nullopt, .layout = 4});
}

// What follows proves that the judge is not blind.

TEST_F(CrashTest, FindsADiskThatSaysItSyncedAndLosesCommits) {
  finds({.durability = Durability::full, .disk_lies = true}, Violation::Kind::lost);
}

TEST_F(CrashTest, FindsADiskThatSaysItSyncedAndTearsCommits) {
  constexpr std::uint64_t kNearOne = 310;  // they are rare
  finds({.durability = Durability::full, .disk_lies = true}, Violation::Kind::torn, kNearOne);
}

TEST_F(CrashTest, FindsALogThatIsNeverSynced) {
  finds({.durability = Durability::full, .ignores_synchronous = true}, Violation::Kind::lost);
}

TEST_F(CrashTest, FindsAnswersThatAreGivenBeforeTheSync) {
  finds({.durability = Durability::normal, .promises_more = true}, Violation::Kind::lost);
}

TEST_F(CrashTest, FindsAnEpochThatIsNotRenewedAfterASyncThatFailed) {
  finds({.durability = Durability::normal, .kills_after_failed_syncs = true, .hides_failed_syncs = true},
        Violation::Kind::twice);
}

TEST_F(CrashTest, FindsAnEpochThatIsNotRenewedAfterAFall) {
  finds({.durability = Durability::normal, .hides_falls = true}, Violation::Kind::twice);
}

}  // namespace
}  // namespace taskwire::engine
