#pragma once

#include <cstddef>

#include "net/budget.h"

namespace taskwire::edge {

/// What the connections of one shard hold together. Confined to its shard's thread; outlives them.
struct ConnectionBudgets {
  ConnectionBudgets(std::size_t most_bytes, std::size_t most_guests)
      : bytes("edge: requests and answers hold too much", most_bytes),
        guests("edge: too many connections without a place", most_guests) {}

  Budget bytes;   ///< Of requests, until they are answered, and of answers that wait for slow readers.
  Budget guests;  ///< Connections without a place, each of which is answered one request.
};

}  // namespace taskwire::edge
