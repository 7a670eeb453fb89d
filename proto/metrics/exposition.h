#pragma once

#include <cstdint>
#include <prometheus/metric_family.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/histogram.h"

namespace taskwire {

/// The answer to one scrape, put together from what was counted, in Prometheus' text format. Series of one name are
/// one family: give them the same help. Values of labels come from small fixed sets, never from what users say. Not
/// thread-safe.
class Exposition {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

  /// `name` ends in `_total`.
  void counter(std::string_view name, std::string_view help, std::uint64_t value, const Labels& labels = {});
  /// The same, of something that has fractions, such as seconds.
  void counter(std::string_view name, std::string_view help, double value, const Labels& labels = {});
  void gauge(std::string_view name, std::string_view help, double value, const Labels& labels = {});
  /// `name` ends in `_seconds`; the value is in nanoseconds.
  void time_histogram(std::string_view name, std::string_view help, const HistogramValue& value,
                      const Labels& labels = {});
  /// Of numbers, as they are.
  void histogram(std::string_view name, std::string_view help, const HistogramValue& value, const Labels& labels = {});

  [[nodiscard]] std::string text() const;

 private:
  prometheus::ClientMetric& add(prometheus::MetricType type, std::string_view name, std::string_view help,
                                const Labels& labels);
  void add_histogram(std::string_view name, std::string_view help, const HistogramValue& value, double unit,
                     const Labels& labels);

  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace taskwire
