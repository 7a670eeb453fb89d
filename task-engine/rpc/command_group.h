#pragma once

#include <functional>

#include "engine/engine.h"
#include "taskwire/v1/command_service.pb.h"

namespace taskwire::rpc {

/// Has the engine carry out a group: hands it all commands at once, in their order, and answers what became of each
/// when all is known; `INVALID_BATCH` where it is no group. `done` is called once, on any thread, or at once. The
/// engine must outlive that.
void execute(engine::Engine& engine, const v1::ExecuteRequest& group,
             std::function<void(engine::Result<v1::ExecuteResponse>)> done);

}  // namespace taskwire::rpc
