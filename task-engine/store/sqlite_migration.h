#pragma once

#include "base/clock.h"
#include "store/sqlite.h"

namespace taskwire::engine {

/// Brings a log of an older layout to today's, one layout after another, inside the caller's transaction.
void migrate(sqlite::Database& database, int from, SystemTime now);

}  // namespace taskwire::engine
