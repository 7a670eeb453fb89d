#include "metrics/exposition.h"

#include <algorithm>
#include <prometheus/text_serializer.h>

namespace taskwire {
namespace {

using prometheus::MetricType;

constexpr double kNanosecondsOfSecond = 1e9;

}  // namespace

void Exposition::counter(std::string_view name, std::string_view help, std::uint64_t value, const Labels& labels) {
  counter(name, help, static_cast<double>(value), labels);
}

void Exposition::counter(std::string_view name, std::string_view help, double value, const Labels& labels) {
  add(MetricType::Counter, name, help, labels).counter.value = value;
}

void Exposition::gauge(std::string_view name, std::string_view help, double value, const Labels& labels) {
  add(MetricType::Gauge, name, help, labels).gauge.value = value;
}

void Exposition::time_histogram(std::string_view name, std::string_view help, const HistogramValue& value,
                                const Labels& labels) {
  add_histogram(name, help, value, kNanosecondsOfSecond, labels);
}

void Exposition::histogram(std::string_view name, std::string_view help, const HistogramValue& value,
                           const Labels& labels) {
  add_histogram(name, help, value, 1, labels);
}

void Exposition::add_histogram(std::string_view name, std::string_view help, const HistogramValue& value, double unit,
                               const Labels& labels) {
  auto& histogram = add(MetricType::Histogram, name, help, labels).histogram;
  for (std::size_t i = 0; i < value.bounds.size(); ++i) {
    histogram.sample_count += value.counts[i];
    histogram.bucket.push_back({histogram.sample_count, static_cast<double>(value.bounds[i]) / unit});
  }
  histogram.sample_count += value.counts.back();
  histogram.sample_sum = static_cast<double>(value.sum) / unit;
}

std::string Exposition::text() const {
  return prometheus::TextSerializer().Serialize(families_);
}

prometheus::ClientMetric& Exposition::add(MetricType type, std::string_view name, std::string_view help,
                                          const Labels& labels) {
  auto family = std::find_if(families_.begin(), families_.end(), [&](const auto& known) { return known.name == name; });
  if (family == families_.end()) family = families_.insert(family, {std::string(name), std::string(help), type, {}});
  auto& metric = family->metric.emplace_back();
  for (const auto& [label, value] : labels) metric.label.push_back({label, value});
  return metric;
}

}  // namespace taskwire
