#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crash/model.h"
#include "store/sqlite_store.h"

namespace taskwire::engine {

/// A promise that was broken.
struct Violation {
  enum class Kind {
    refused,     ///< The store does not open, or takes no writes, without a cause.
    unreadable,  ///< It opens, but says that it cannot be read.
    lost,        ///< What was acknowledged is not there.
    torn,        ///< It shows what was never written so: a part of a commit, or what contradicts itself.
    twice,       ///< One id named two events.
    renamed,     ///< A new epoch without need.
    wrong,       ///< It answered something else than it holds.
  };
  Kind kind;
  std::string text;
};

[[nodiscard]] std::string_view name_of(Violation::Kind kind);

/// Knows what was acknowledged, and says whether what a store shows is allowed. Not thread-safe.
class Judge {
 public:
  /// What lies between the store and what was written into it.
  enum class After { failure, kill, fall };

  /// The log is there already, named `epoch`, was closed in order, and holds that.
  void begin(Model model, const std::string& epoch);
  /// What was acknowledged last.
  [[nodiscard]] const Model& last() const { return *states_.back(); }

  /// What the next start promises: after `normal` a fall may take back the last commits.
  void promise(Durability durability) { durability_ = durability; }
  /// A commit was answered by `epoch`.
  [[nodiscard]] std::optional<Violation> acknowledge(Model next, const std::string& epoch);
  /// A commit may or may not have taken place.
  void doubt(Model next) { doubtful_ = std::make_shared<const Model>(std::move(next)); }
  /// All that was acknowledged outlives everything.
  void settle() { states_.erase(states_.begin(), states_.end() - 1); }
  /// The run ended in order.
  void close() { may_be_renamed_ = is_open_ = false; }
  /// A start did not come to its end.
  void interrupt() {
    is_open_ = true;
    may_be_renamed_ = may_be_renamed_ || durability_ == Durability::normal;
  }

  /// A sync failed since the last look, or left its mark before: what it left out may have been seen, and be lost.
  void fail_sync() { sync_failed_ = true; }

  /// Looks at what readers are shown while nothing can be written, which may be nothing. What was seen counts as
  /// acknowledged.
  [[nodiscard]] std::optional<Violation> glimpse(Store& store, After after);
  /// Looks at all that the store shows. Goes on from there.
  [[nodiscard]] std::optional<Violation> look(Store& store, After after);

 private:
  [[nodiscard]] std::optional<Violation> claim(const std::string& epoch, Sequence sequence, const Model::Event& event);
  [[nodiscard]] std::optional<Violation> check_name(const std::string& epoch, After after);
  [[nodiscard]] bool accept(const Model& found, After after);
  [[nodiscard]] Violation say(const Model& found) const;

  using State = std::shared_ptr<const Model>;

  Durability durability_ = Durability::full;
  bool is_open_ = false;         // or did not end in order
  bool may_be_renamed_ = false;  // after a fall
  bool sync_failed_ = false;
  std::vector<State> states_{
      std::make_shared<const Model>()};  // those that a fall may leave; the last is what there is
  State doubtful_;
  std::vector<State> past_;
  std::string epoch_;
  std::map<std::pair<std::string, Sequence>, std::shared_ptr<const std::string>> ids_;
};

}  // namespace taskwire::engine
