#pragma once

#include <memory>
#include <string>

#include "hub/event.h"
#include "taskwire/v1/worker_service.pb.h"

namespace taskwire::edge {

/// A page of what a task prints, as streams are sent it: made once for all who asked the same. Immutable, so
/// thread-safe.
struct OutputPage {
  FramePtr frame;  ///< Null where there is nothing to send.
  std::string through;
  std::string seen;
  bool is_reset = false;
  bool ended = false;  ///< The frame has the end, unless who asked had it already.
};
using OutputPagePtr = std::shared_ptr<const OutputPage>;

/// The events `reset`, `attempt`, `output`, `skipped`, `line` and `end` of an answer to that request.
[[nodiscard]] OutputPagePtr make_output_page(const v1::ReadOutputRequest& request,
                                             const v1::ReadOutputResponse& response);

/// `stdout` or `stderr`.
[[nodiscard]] std::string_view stream_name(v1::OutputStream stream);

}  // namespace taskwire::edge
