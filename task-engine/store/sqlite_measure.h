#pragma once

#include <cstdint>
#include <optional>

#include "store/sqlite.h"
#include "store/store.h"

namespace taskwire::engine {

/// How far it is to so many bytes. If the database fails it means nothing.

/// The place up to which what lies above `after` takes at least `bytes`; nothing where all of it takes less.
[[nodiscard]] std::optional<Sequence> measure_up(sqlite::Database& database, Measure what, Sequence after,
                                                 std::int64_t bytes);

/// The place above which what there is takes at most `bytes`; nothing where all of it does.
[[nodiscard]] std::optional<Sequence> measure_down(sqlite::Database& database, Measure what, std::int64_t bytes);

}  // namespace taskwire::engine
