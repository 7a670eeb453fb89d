#pragma once

#include <cstdint>
#include <gtest/gtest.h>
#include <map>
#include <sstream>
#include <string>

#include "support/http.h"
#include "support/services.h"

namespace taskwire::test {

/// What a service tells Prometheus.
class Samples {
 public:
  explicit Samples(std::uint16_t port) {
    const auto told = get(port, "/metrics");
    EXPECT_EQ(told.status, 200);
    text_ = told.body;
    std::istringstream lines(text_);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with('#')) continue;
      const auto space = line.rfind(' ');
      values_[line.substr(0, space)] = std::stod(line.substr(space + 1));
    }
  }

  /// The value of a series as it stands in the text, labels and all; -1 where there is none.
  double operator[](const std::string& series) const {
    const auto found = values_.find(series);
    return found == values_.end() ? -1 : found->second;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::map<std::string, double> values_;
};

/// The port at which an engine that was started with `--metrics-listen 127.0.0.1:0` tells its metrics.
inline std::uint16_t metrics_port(Service& engine) {
  const auto line = engine.process().wait_for_line("metrics at http://127.0.0.1:");
  EXPECT_TRUE(line);
  return line ? static_cast<std::uint16_t>(std::stoi(line->substr(line->rfind(':') + 1))) : 0;
}

}  // namespace taskwire::test
