#pragma once

#include <cstddef>
#include <string>

#include "store/sqlite.h"
#include "store/store.h"

namespace taskwire::engine {

/// What of `topic` is more than is to be kept; at most `most` tasks, and superseded events. If the database fails it
/// means nothing.
[[nodiscard]] Surplus find_surplus(sqlite::Database& database, const std::string& topic, const Keep& keep,
                                   std::size_t most);

}  // namespace taskwire::engine
