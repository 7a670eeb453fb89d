#include "sources/proc_text.h"

#include <gtest/gtest.h>
#include <string>

namespace taskwire::engine {
namespace {

constexpr std::string_view kStat =
    "cpu  100 20 30 800 50 1 2 3 40 5\ncpu0 100 20 30 800 50 1 2 3 40 5\nintr 12345 0 0\nctxt 99\n";
constexpr std::string_view kMeminfo =
    "MemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:    4000000 kB\nHugePages_Total:       0\n";
constexpr std::string_view kLoad = "0.42 0.30 0.25 2/345 6789\n";

TEST(ProcText, TellsBusyFromIdleTime) {
  const auto times = parse_cpu_times(kStat);
  ASSERT_TRUE(times);
  EXPECT_EQ(times->total, 1006U);
  EXPECT_EQ(times->busy, 156U);
}

TEST(ProcText, TakesTheTimesOfAnOldKernel) {
  const auto times = parse_cpu_times("cpu 1 2 3 4\n");
  ASSERT_TRUE(times);
  EXPECT_EQ(times->total, 10U);
  EXPECT_EQ(times->busy, 6U);
}

TEST(ProcText, TakesTimesOfNoOtherShape) {
  for (const auto* const text :
       {"", "\n", "cpu", "cpu \n", "cpu 1 2 3\n", "cpu0 1 2 3 4\n", "cpu 1 2 x 4\n", "cpu 1 2 -3 4\n",
        "cpu 1 2 3 4.5\n", "cpu 1 2 3 99999999999999999999\n", "cpu 1 2 3 4"})
    EXPECT_FALSE(parse_cpu_times(text)) << text;
}

TEST(ProcText, TakesATextOrNothingWhereverItIsCut) {
  for (std::size_t size = 0; size < kMeminfo.size(); ++size) {
    const auto cut = parse_memory(kMeminfo.substr(0, size));
    EXPECT_EQ(cut.value_or(*parse_memory(kMeminfo)).used_bytes, 12'288'000'000U) << size;
  }
  for (std::size_t size = 0; size < kStat.size(); ++size)
    EXPECT_EQ(parse_cpu_times(kStat.substr(0, size)).value_or(*parse_cpu_times(kStat)).total, 1006U) << size;
  for (std::size_t size = 0; size < kLoad.size(); ++size)
    EXPECT_EQ(parse_load1(kLoad.substr(0, size)).value_or(0.42), 0.42) << size;
}

TEST(ProcText, SaysWhichShareOfTheTimeWasBusy) {
  EXPECT_DOUBLE_EQ(cpu_percent({10, 100}, {35, 300}), 12.5);
  EXPECT_DOUBLE_EQ(cpu_percent({10, 100}, {210, 300}), 100);
  EXPECT_DOUBLE_EQ(cpu_percent({10, 100}, {10, 300}), 0);
}

TEST(ProcText, TakesCountersThatStandOrStepBackAsNoTime) {
  EXPECT_EQ(cpu_percent({10, 100}, {10, 100}), 0);
  EXPECT_EQ(cpu_percent({10, 100}, {9, 99}), 0);
  EXPECT_EQ(cpu_percent({10, 100}, {9, 120}), 0);
  EXPECT_EQ(cpu_percent({10, 100}, {40, 110}), 100) << "idle time stepped back";
}

TEST(ProcText, TellsUsedFromAvailableMemory) {
  const auto memory = parse_memory(kMeminfo);
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->total_bytes, 16'384'000'000U);
  EXPECT_EQ(memory->used_bytes, 12'288'000'000U);
}

TEST(ProcText, TakesMemoryOfNoOtherShape) {
  for (const auto* const text :
       {"", "MemTotal: 1 kB\n", "MemAvailable: 1 kB\n", "MemTotal: x kB\nMemAvailable: 1 kB\n",
        "MemTotal: 1\nMemAvailable: 1 kB\n", "MemTotal: 1 MB\nMemAvailable: 1 kB\n", "MemTotal:\nMemAvailable:\n",
        "MemTotal: 99999999999999999 kB\nMemAvailable: 18446744073709551615 kB\n"})
    EXPECT_FALSE(parse_memory(text)) << text;
}

TEST(ProcText, UsesNoMemoryWhereMoreIsAvailableThanThereIs) {
  EXPECT_EQ(parse_memory("MemTotal: 1 kB\nMemAvailable: 2 kB\n")->used_bytes, 0U);
}

TEST(ProcText, TellsTheLoadOfTheLastMinute) {
  EXPECT_EQ(parse_load1(kLoad), 0.42);
  EXPECT_EQ(parse_load1("12 0 0 1/1 1\n"), 12);
}

TEST(ProcText, TakesALoadOfNoOtherShape) {
  for (const auto* const text : {"", " ", "\n", "x 1 1\n", "-1 1 1\n", "nan 1 1\n", "inf 1 1\n", "0.4", "0,42 1 1\n"})
    EXPECT_FALSE(parse_load1(text)) << text;
}

}  // namespace
}  // namespace taskwire::engine
