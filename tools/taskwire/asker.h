#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "client/client.h"
#include "resume/backoff.h"

namespace taskwire::cli {

/// Asks an edge until it answers for good. What passes is tried again, after pauses that grow, are random, and no
/// shorter than the edge wants. `ask` is confined to one thread, and so is `ask_once` of each way; the rest is
/// thread-safe.
class Asker {
 public:
  using milliseconds = std::chrono::milliseconds;
  enum class Way { own, beside };
  /// Makes the request for each try. `was_slow`: the last try was not through in time.
  using Make = std::function<client::Request(bool was_slow)>;

  /// `on_try`: called after each try, on the thread that asks, with what was wrong; empty: it was answered for good.
  Asker(client::Url edge, std::string token, std::function<void(const std::string& trouble)> on_try);

  /// Nothing where it was stopped before there was an answer.
  std::optional<client::Answer> ask(const Make& make);
  /// Asks once, by the connection of `ask` or by another, which may be used at the same time. Nothing where that was
  /// not answered for good.
  std::optional<client::Answer> ask_once(Way way, const client::Request& request);
  /// Of those tries that follow, so long as a lease lasts: they leave time to try again within it. Not while asking.
  void fit_into(milliseconds lease);
  /// What is asked ends at once, and all that will be.
  void stop();
  /// As if a try had failed so: what was answered for good was no success.
  void complain(const std::string& trouble) const { on_try_(trouble); }
  /// Waits; false where it was stopped.
  bool pause(milliseconds time);

  /// How long the last answer took. Confined to the thread of `ask`.
  [[nodiscard]] milliseconds took() const { return took_; }

 private:
  client::Client client_, beside_;
  const std::function<void(const std::string& trouble)> on_try_;
  milliseconds patience_, longest_pause_;
  milliseconds took_{0};
  Backoff backoff_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_stopped_ = false;
};

/// Evenly spread in [0, 1): so that many who wait do not come back at once.
[[nodiscard]] double random_part();

/// Its body as JSON; discarded where it is none.
[[nodiscard]] nlohmann::json json_of(const client::Answer& answer);

/// `value` in one line; text in it that is no UTF-8 is replaced.
[[nodiscard]] std::string text_of(const nlohmann::json& value);

/// A POST of JSON, which a string is already.
[[nodiscard]] client::Request posting(const std::string& path, std::string body, const std::string& key = {});
[[nodiscard]] client::Request posting(const std::string& path, const nlohmann::json& body, const std::string& key = {});

}  // namespace taskwire::cli
