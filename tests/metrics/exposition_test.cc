#include "metrics/exposition.h"

#include <array>
#include <gtest/gtest.h>

#include "metrics/process_metrics.h"

namespace taskwire {
namespace {

constexpr std::array<std::uint64_t, 2> kSecondBounds = {1'000'000, 2'000'000'000};

TEST(Exposition, WritesOneFamilyOfAllSeriesOfAName) {
  Exposition out;
  out.counter("a_total", "How many.", std::uint64_t{3}, {{"kind", "x"}});
  out.gauge("b", "How much.", 1.5);
  out.counter("a_total", "How many.", std::uint64_t{1} << 53, {{"kind", "a \"b\"\n\\"}});
  EXPECT_EQ(out.text(),
            "# HELP a_total How many.\n"
            "# TYPE a_total counter\n"
            "a_total{kind=\"x\"} 3\n"
            "a_total{kind=\"a \\\"b\\\"\\n\\\\\"} 9007199254740992\n"
            "# HELP b How much.\n"
            "# TYPE b gauge\n"
            "b 1.5\n");
}

TEST(Exposition, WritesTimesInSecondsAndBucketsThatAddUp) {
  Exposition out;
  out.time_histogram("wait_seconds", "How long.", {kSecondBounds, {2, 3, 1}, 5'500'000'000}, {{"shard", "0"}});
  EXPECT_EQ(out.text(),
            "# HELP wait_seconds How long.\n"
            "# TYPE wait_seconds histogram\n"
            "wait_seconds_count{shard=\"0\"} 6\n"
            "wait_seconds_sum{shard=\"0\"} 5.5\n"
            "wait_seconds_bucket{shard=\"0\",le=\"0.001\"} 2\n"
            "wait_seconds_bucket{shard=\"0\",le=\"2\"} 5\n"
            "wait_seconds_bucket{shard=\"0\",le=\"+Inf\"} 6\n");
}

TEST(Exposition, TellsOfThisProcess) {
  Exposition out;
  collect_process(out);
  const auto text = out.text();
  for (const auto* name :
       {"process_cpu_seconds_total", "process_open_fds", "process_max_fds", "process_resident_memory_bytes",
        "process_virtual_memory_bytes", "process_start_time_seconds"})
    EXPECT_NE(text.find(std::string("\n") + name + " "), std::string::npos) << name << " is missing in " << text;
}

}  // namespace
}  // namespace taskwire
