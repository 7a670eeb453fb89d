#pragma once

#include <string>
#include <string_view>

#include "taskwire/v1/event_service.pb.h"

namespace taskwire::edge {

/// The type as a browser takes it: `message` for an event without.
[[nodiscard]] std::string_view event_type(const v1::Event& event);
/// The data that a stream carries.
[[nodiscard]] std::string event_data(const v1::Event& event);

}  // namespace taskwire::edge
