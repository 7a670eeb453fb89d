#include "browser/fetcher.h"

#include <algorithm>
#include <string>
#include <utility>

#include "browser/callback.h"

namespace taskwire::browser {
namespace {

val options_of(const view::Request& request) {
  const val headers = val::object();
  set(headers, "Accept", "application/json");
  if (!request.idempotency_key.empty()) set(headers, "Idempotency-Key", request.idempotency_key);
  const val options = val::object();
  set(options, "method", request.method);
  set(options, "headers", headers);
  set(options, "cache", "no-store");
  if (!request.body.empty() || request.form == view::Form::text) {
    const bool is_json = request.form == view::Form::json;
    set(headers, "Content-Type", is_json ? "application/json" : "text/plain;charset=utf-8");
    set(options, "body", request.body);
  }
  const val signals = global("AbortSignal");
  if (!get(signals, "timeout").isUndefined())
    set(options, "signal", call(signals, "timeout", val(static_cast<int>(request.timeout.count()))));
  return options;
}

/// Whole seconds; a date counts as none.
view::Millis retry_after(const val& response) {
  const val seconds = global("parseInt")(call(get(response, "headers"), "get", "Retry-After"));
  return view::Millis(1000 * std::clamp(seconds.as<int>(), 0, 3600));
}

}  // namespace

class Fetcher::Call {
 public:
  Call(Fetcher& fetcher, const view::Outbox::Sending& sending)
      : fetcher_(fetcher),
        number_(sending.number),
        on_response_([this](const val& response) { take_response(response); }),
        on_body_([this](const val& text) { take_body(text); }),
        on_failure_([this](const val& error) {
          const bool is_late = get_text(error, "name") == "TimeoutError";
          fetcher_.finish(number_, {0, {}, view::Millis(0), is_late});
        }) {
    const val answer = global("fetch")(text(relative(sending.request.path)), options_of(sending.request));
    call(answer, "then", on_response_.function(), on_failure_.function());
  }

 private:
  void take_response(const val& response);
  void take_body(const val& text);

  Fetcher& fetcher_;
  int number_;
  view::Answer answer_;
  Callback on_response_;
  Callback on_body_;
  Callback on_failure_;
};

void Fetcher::Call::take_response(const val& response) {
  answer_ = answer_without_body(response);
  call(call(response, "text"), "then", on_body_.function(), on_failure_.function());
}

void Fetcher::Call::take_body(const val& text) {
  answer_.body = text.as<std::string>();
  fetcher_.finish(number_, answer_);
}

Fetcher::Fetcher(Done done) : done_(std::move(done)) {}

Fetcher::~Fetcher() = default;

void Fetcher::send(const view::Outbox::Sending& sending) {
  calls_[sending.number] = std::make_unique<Call>(*this, sending);
}

void Fetcher::finish(int number, const view::Answer& answer) {
  const auto call = calls_.extract(number);  // keeps the answer alive until it was handed over
  done_(number, answer);
}

view::Answer answer_without_body(const val& response) {
  return {get(response, "status").as<int>(), {}, retry_after(response)};
}

}  // namespace taskwire::browser
