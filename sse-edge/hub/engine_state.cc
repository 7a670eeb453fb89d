#include "hub/engine_state.h"

#include "http/proto_time.h"
#include "text/json_writer.h"

namespace taskwire::edge {
std::string_view name_of(EngineState::Is is) {
  switch (is) {
    case EngineState::Is::down:
      return "down";
    case EngineState::Is::failing:
      return "failing";
    default:
      return "up";
  }
}

FramePtr upstream_frame(const EngineState& state) {
  std::string data;
  JsonWriter json(data);
  json.begin_object().member("state", name_of(state.is)).member("since", time_text(state.since));
  if (!state.reason.empty()) json.member("reason", state.reason);
  json.end_object();
  std::string sse;
  append_block(sse, {.event = "upstream", .data = data});
  return std::make_shared<const Frame>(sse);
}

}  // namespace taskwire::edge
