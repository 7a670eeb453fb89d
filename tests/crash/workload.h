#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "crash/dice.h"
#include "crash/model.h"
#include "engine/support/manual_clock.h"
#include "store/store.h"

namespace taskwire::engine {

/// What an engine might write, at random: into a transaction and into a model at once. Not thread-safe.
class Workload {
 public:
  /// `bulk`: one event in so many is large, so that the write-ahead log soon is full; 0: none.
  Workload(Dice& dice, ManualClock& clock, std::size_t bulk) : dice_(dice), clock_(clock), bulk_(bulk) {}

  /// Writes a few things. Answers in what the transaction told something else than the model, which counts only if it
  /// is committed; empty: in nothing.
  [[nodiscard]] std::string write(Transaction& transaction, Model& model);
  /// How often room was given back.
  [[nodiscard]] std::uint64_t shrunk() const { return shrunk_; }

 private:
  struct Both {
    Transaction& transaction;
    Model& model;
    std::string wrong;
  };
  void write_one(Both& both);
  void append(Both& both);
  void start_task(Both& both);
  void go_on_with_task(Both& both);
  void delete_task(Both& both);
  void print(Both& both);
  void forget_output(Both& both);
  void lease(Both& both);
  void register_type(Both& both);
  void remember(Both& both);
  void recall(Both& both);
  void trim(Both& both);
  void end_topic(Both& both);
  void note(Both& both);
  void trim(Both& both, const std::string& topic, Sequence through, Sequence deletions_through, std::size_t most);
  [[nodiscard]] std::string text();
  [[nodiscard]] std::string any_task(const Model& model);

  Dice& dice_;
  ManualClock& clock_;
  const std::size_t bulk_;
  std::size_t serial_ = 0;
  std::uint64_t shrunk_ = 0;
};

}  // namespace taskwire::engine
