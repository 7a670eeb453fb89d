#include "taskwire/asker.h"

#include <algorithm>
#include <random>
#include <utility>

#include "taskwire/problem.h"

namespace taskwire::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPatience(5000);
constexpr milliseconds kLeastPatience(1000);
constexpr milliseconds kLongestPause(10'000);
constexpr Backoff::Limits kPauses{milliseconds(400), milliseconds(2000), milliseconds(100)};

}  // namespace

Asker::Asker(client::Url edge, std::string token, std::function<void(const std::string&)> on_try)
    : client_(edge, token),
      beside_(std::move(edge), std::move(token)),
      on_try_(std::move(on_try)),
      patience_(kPatience),
      longest_pause_(kLongestPause),
      backoff_(kPauses, random_part) {}

std::optional<client::Answer> Asker::ask(const Make& make) {
  using Clock = std::chrono::steady_clock;
  backoff_.reset();
  for (bool was_slow = false; pause(milliseconds(0));) {
    const auto request = make(was_slow);
    const auto begin = Clock::now();
    auto answer = client_.ask(request, patience_);
    took_ = std::chrono::floor<milliseconds>(Clock::now() - begin);
    was_slow = !answer && took_ >= patience_;
    if (answer && !is_passing(*answer)) {
      on_try_("");
      return *std::move(answer);
    }
    on_try_(answer ? problem_of(*answer).detail : answer.error());
    const auto wanted = answer ? std::min(answer->retry_after, longest_pause_) : milliseconds(0);
    pause(std::max(backoff_.next(), wanted));
  }
  return std::nullopt;
}

std::optional<client::Answer> Asker::ask_once(Way way, const client::Request& request) {
  if (!pause(milliseconds(0))) return std::nullopt;
  auto answer = (way == Way::own ? client_ : beside_).ask(request, patience_);
  if (!answer || is_passing(*answer)) return std::nullopt;
  on_try_("");
  return *std::move(answer);
}

void Asker::fit_into(milliseconds lease) {
  patience_ = std::clamp(lease / 3, kLeastPatience, kPatience);
  longest_pause_ = std::min(lease / 3, kLongestPause);
}

void Asker::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopped_ = true;
    changed_.notify_all();
  }
  client_.abort();
  beside_.abort();
}

bool Asker::pause(milliseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [this] { return is_stopped_; });
}

double random_part() {
  thread_local std::minstd_rand random{std::random_device()()};
  return std::uniform_real_distribution<double>(0, 1)(random);
}

nlohmann::json json_of(const client::Answer& answer) {
  return nlohmann::json::parse(answer.body, nullptr, false);
}

std::string text_of(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

client::Request posting(const std::string& path, std::string body, const std::string& key) {
  client::Request request;
  request.method = "POST";
  request.path = path;
  request.body = std::move(body);
  request.idempotency_key = key;
  return request;
}

client::Request posting(const std::string& path, const nlohmann::json& body, const std::string& key) {
  return posting(path, body.is_null() ? std::string() : text_of(body), key);
}

}  // namespace taskwire::cli
