#pragma once

#include <string_view>

#include "resume/topic.h"

namespace taskwire {

/// Who asks. Until there is authentication everybody but the engine itself is `anyone`.
enum class Principal {
  anyone,  ///< A caller over HTTP or gRPC.
  engine,  ///< The engine: its tasks and its own sources.
};

enum class Action { read, write };

/// Whether `principal` may read or write `topic`. The one place that decides it.
[[nodiscard]] bool may(Principal principal, Action action, const Topic& topic);

}  // namespace taskwire
