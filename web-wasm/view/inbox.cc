#include "view/inbox.h"

#include <utility>

#include "view/foreign_text.h"
#include "view/request.h"

namespace taskwire::view {
namespace {

constexpr std::string_view kKeepAlive = "<3: Keep alive";

}  // namespace

Inbox::Inbox(std::string user, int feed_number, std::function<double()> random)
    : user_(std::move(user)), feed_(feed_number, {inbox_path(user_), true, {}}, std::move(random)) {}

void Inbox::received(const StreamEvent& event, Time now) {
  if (event.type == "message" && event.data == kKeepAlive) {
    feed_.heartbeat(event, now);
    return;
  }
  if (is_greeting(event)) {
    feed_.placed(event.last_event_id, now);
    greeted_at_ = now;
    return;
  }
  auto taken = feed_.received(event, now);
  messages_.forget_newest(taken.forgotten);
  if (taken.is_item) messages_.add({now, marked(event.type), std::move(taken.id), marked(event.data)});
}

bool Inbox::is_greeting(const StreamEvent& event) const {
  return feed_.is_fresh() && event.type == "message" && feed_.lacks_own_id(event) &&
         event.data == "User '" + user_ + "' connected";
}

}  // namespace taskwire::view
