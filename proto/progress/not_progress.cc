#include "progress/not_progress.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "resume/ascii.h"

namespace taskwire::progress {
namespace {

/// Tests and scores, amounts, resources, attempts: neither `5/5` nor `83%` is how far something has come. Sorted.
constexpr std::array<std::string_view, 64> kNeither = {
    "assertions", "attempt", "attempts", "battery",  "branch", "branches", "cases",   "cov",     "coverage", "covered",
    "cpu",        "cup",     "cups",     "discount", "disk",   "fail",     "failed",  "failing", "failures", "free",
    "functions",  "grade",   "hits",     "inch",     "inches", "loss",     "lost",    "mem",     "memory",   "misses",
    "ok",         "ounces",  "pass",     "passed",   "passes", "passing",  "pints",   "quota",   "ram",      "rated",
    "rating",     "retries", "retry",    "retrying", "score",  "scored",   "skipped", "spec",    "specs",    "stars",
    "statements", "suite",   "suites",   "swap",     "tbsp",   "teaspoon", "test",    "tests",   "try",      "tsp",
    "usage",      "used",    "votes",    "xfail"};

/// Shares of something: `35%` of it is in use, or it is that much smaller. Sorted.
constexpr std::array<std::string_view, 43> kNoPercent = {
    "acc",         "accuracy",    "avail",       "available", "better",  "brightness", "capacity", "chance",
    "compressed",  "compression", "confidence",  "deflated",  "faster",  "full",       "growth",   "hit",
    "humidity",    "idle",        "interest",    "iowait",    "less",    "load",       "more",     "off",
    "packets",     "precision",   "probability", "quality",   "rate",    "ratio",      "recall",   "reduction",
    "saved",       "savings",     "similarity",  "slower",    "smaller", "stored",     "success",  "tax",
    "utilisation", "utilization", "volume"};

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

Meaning meaning_of(std::string_view word) {
  constexpr std::size_t kLongest = 12;
  std::array<char, kLongest> small = {};
  while (!word.empty() && !is_letter(word.front())) word.remove_prefix(1);
  while (!word.empty() && !is_letter(word.back())) word.remove_suffix(1);
  if (word.empty() || word.size() > kLongest) return {};
  std::transform(word.begin(), word.end(), small.begin(), to_lower);
  const std::string_view lower(small.data(), word.size());
  if (holds(kNeither, lower)) return {true, true};
  return {holds(kNoPercent, lower), false};
}

}  // namespace taskwire::progress
