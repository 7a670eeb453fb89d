#pragma once

#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <vector>

#include "http/request_guard.h"
#include "net/admission.h"
#include "net/attendance.h"
#include "net/claims.h"
#include "net/commands.h"
#include "net/config.h"
#include "net/connection_budgets.h"
#include "net/engine_client.h"
#include "net/give_backs.h"
#include "net/outputs.h"
#include "net/rate_limit.h"
#include "net/scrapes.h"
#include "net/shard.h"
#include "net/static_files.h"
#include "net/trusted_proxies.h"
#include "net/upstream.h"

namespace taskwire::edge {

/// What all connections of an edge share. Each part is thread-safe where it is used from here.
struct Services {
  const Config& config;
  const RequestGuard& guard;
  const StaticFiles& files;
  EngineClient& engine;
  Commands& commands;
  Claims& claims;
  GiveBacks& give_backs;
  Outputs& outputs;
  boost::asio::thread_pool& aside;  ///< A thread for what would hold up a shard.
  Scrapes& scrapes;
  const Upstream& upstream;
  Admission& admission;
  const TrustedProxies& proxies;
  RateLimit& request_rate;  ///< Of each address.
  RateLimit& stream_rate;   ///< New ones, of each address.
  Attendance& attendance;
  const std::vector<std::unique_ptr<Shard>>& shards;
  const std::vector<std::unique_ptr<ConnectionBudgets>>& budgets;  ///< Of each shard, to be used there.
};

}  // namespace taskwire::edge
