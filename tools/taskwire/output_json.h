#pragma once

#include <vector>

#include "program/output_queue.h"
#include "text/json_writer.h"

namespace taskwire::cli {

/// The member `output` of a report.
void write_output(JsonWriter& writer, const std::vector<OutputPiece>& pieces);

}  // namespace taskwire::cli
