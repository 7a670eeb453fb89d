#pragma once

#include <functional>
#include <string>

#include "tail/display.h"
#include "tail/output.h"

namespace taskwire::tail {

/// Writes a line for each event, at once; tells of trouble with the connection or the engine on standard error. Not
/// thread-safe.
class LineDisplay final : public Display {
 public:
  using Render = std::function<std::string(const SseEvent&, const view::Message&)>;

  /// `output` must outlive it. `render` answers a line without its end.
  LineDisplay(Output& output, Render render) : output_(output), render_(std::move(render)) {}

  [[nodiscard]] bool show(const SseEvent& event, const view::Message& message) override;
  void show_link(const Link& link) override;
  void show_engine(const view::Upstream& upstream) override;

 private:
  Output& output_;
  Render render_;
};

}  // namespace taskwire::tail
