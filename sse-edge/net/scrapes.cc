#include "net/scrapes.h"

#include <boost/asio/post.hpp>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "metrics/exposition.h"
#include "net/edge_metrics.h"
#include "net/fault.h"
#include "net/services.h"

namespace taskwire::edge {
namespace {

HttpResponse metrics_response(const Services& services) {
  try {
    HttpResponse response;
    response.headers = {{"Content-Type", std::string(Exposition::kContentType)}, {"Cache-Control", "no-store"}};
    response.shared_body = std::make_shared<const std::string>(edge_metrics(services));
    response.is_body_of_answers = true;
    return response;
  } catch (...) {  // nobody else would catch it on this thread
    note_fault(std::current_exception());
    return problem_response({Reason::internal, "The metrics could not be put together."});
  }
}

}  // namespace

void Scrapes::ask(const Services& services, Answer answer) {
  {
    const std::scoped_lock lock(mutex_);
    waiting_.push_back(std::move(answer));
    if (waiting_.size() > 1) return;
  }
  boost::asio::post(services.aside, [this, &services] { answer_all(services); });
}

void Scrapes::answer_all(const Services& services) {
  std::vector<Answer> asked;
  {
    const std::scoped_lock lock(mutex_);
    asked.swap(waiting_);
  }
  const auto response = metrics_response(services);
  for (const auto& answer : asked) answer(response);
}

}  // namespace taskwire::edge
