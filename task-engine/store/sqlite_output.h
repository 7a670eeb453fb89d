#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "store/sqlite.h"
#include "store/store.h"

namespace taskwire::engine {

/// What tasks print, in `output_run` and `output_piece`; each as Transaction and ReadTransaction say.

[[nodiscard]] std::vector<OutputRun> output_runs(sqlite::Database& database, std::string_view task_id);
[[nodiscard]] std::optional<OutputRun> output_run(sqlite::Database& database, std::string_view task_id, int attempt);
void visit_output(sqlite::Database& database, std::string_view task_id, int attempt, std::int64_t place,
                  const ReadTransaction::VisitOutput& visit);
[[nodiscard]] std::vector<EndedTask> ended_with_output(sqlite::Database& database, std::size_t most);

void put_output(sqlite::Database& database, std::string_view task_id, const OutputRun& run,
                std::span<const OutputPiece> pieces, const OutputLimits& limits);
/// Answers how many bytes it forgot, as delete_output does.
std::int64_t forget_output(sqlite::Database& database, std::string_view task_id);
/// Forgets also how much it was.
std::int64_t delete_output(sqlite::Database& database, std::string_view task_id);

}  // namespace taskwire::engine
