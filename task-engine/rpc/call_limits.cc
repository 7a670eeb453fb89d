#include "rpc/call_limits.h"

namespace taskwire::rpc {
namespace {

const engine::Error kTooManyCalls{Reason::too_many_calls,
                                  "the engine answers as many calls at once as it may; repeat the call in a moment"};
const engine::Error kTooManyWatches{Reason::too_many_watches,
                                    "the engine serves as many Watches as it may; end one, or try again later"};

const engine::Error kTooManyClaims{Reason::too_many_claims,
                                   "as many claims wait as may; try again later, or with fewer workers"};

const engine::Error kTooManyReads{Reason::too_many_reads,
                                  "as much output is read as may be; try again later, or read less at a time"};

}  // namespace

engine::Result<CallLimits::Place> CallLimits::enter_call() {
  return enter(calls_, kTooManyCalls);
}

engine::Result<CallLimits::Place> CallLimits::enter_watch() {
  return enter(watches_, kTooManyWatches);
}

engine::Result<CallLimits::Place> CallLimits::enter_claim() {
  return enter(claims_, kTooManyClaims);
}

engine::Result<CallLimits::Place> CallLimits::enter_output() {
  return enter(outputs_, kTooManyReads);
}

engine::Result<CallLimits::Place> CallLimits::enter(Counter& counter, const engine::Error& refusal) {
  if (counter.now.fetch_add(1) < counter.most) return Place(&counter, [](Counter* held) { held->now.fetch_sub(1); });
  counter.now.fetch_sub(1);
  counter.refusals.count(std::to_string(counter.most) + " are under way");
  return tl::make_unexpected(refusal);
}

}  // namespace taskwire::rpc
