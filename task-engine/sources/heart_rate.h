#pragma once

#include "base/ids.h"
#include "sources/demo_source.h"

namespace taskwire::engine {

/// A made-up heart rate on `channels/heart-rate`: events of type `heartRate`, data
/// `{"rate":75,"timestamp":"2026-01-02T10:30:45.123Z"}`, the rate in whole beats a minute. It wanders by at most 6 a
/// reading, between 55 and 110. Not thread-safe.
class HeartRate final : public DemoSource {
 public:
  explicit HeartRate(Random random) : random_(std::move(random)) {}

  [[nodiscard]] std::string_view name() const override { return "heart rate"; }
  [[nodiscard]] std::optional<v1::PublishRequest> read(SystemTime now) override;

 private:
  Random random_;
  int rate_ = 75;
};

}  // namespace taskwire::engine
