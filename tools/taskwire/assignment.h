#pragma once

#include <csignal>
#include <nlohmann/json.hpp>

#include "program/descriptor.h"
#include "taskwire/work_settings.h"

namespace taskwire::cli {

/// Does one task that was claimed, with the command, until it has ended and the server was told, or does not listen.
/// `mask`: the signals that are blocked in the command. When `stop` rings it is cancelled. Called on any thread.
void do_assignment(const WorkSettings& settings, const nlohmann::json& assignment, const sigset_t& mask,
                   const Bell& stop);

}  // namespace taskwire::cli
