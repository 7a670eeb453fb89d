#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "client/url.h"

namespace taskwire::bench {

/// How a server is spoken to. `{channel}` stands for a channel's name, `{payload}` for what is published, and `{after}`
/// for the place after which is polled; what stands in square brackets is left out where there is none yet.
struct Templates {
  std::string subscribe_url;  ///< A path, or a whole URL.
  std::string publish_url;
  std::string publish_method = "POST";
  std::string publish_type = "text/plain";
  std::string publish_body = "{payload}";
  std::string poll_url;     ///< Empty: the server cannot be polled.
  std::string poll_cursor;  ///< The member of a polled JSON answer that tells the next `{after}`.
};

/// Of a server known by name: taskwire, nchan, pushpin, floor.
[[nodiscard]] std::optional<Templates> known_templates(std::string_view server);

/// Makes requests of templates. Appends to a string that is used again, so that a request takes no memory.
class Dialect {
 public:
  /// Of `templates`, whose paths are below `base`, a URL. Fails with what was wrong, and how to mend it.
  static tl::expected<Dialect, std::string> of(const Templates& templates, const std::string& base);

  /// Where streams are opened.
  [[nodiscard]] const client::Url& subscribe_at() const { return subscribe_; }
  [[nodiscard]] const client::Url& publish_at() const { return publish_; }
  [[nodiscard]] const client::Url& poll_at() const { return poll_; }
  [[nodiscard]] bool can_poll() const { return !templates_.poll_url.empty(); }
  [[nodiscard]] const std::string& poll_cursor() const { return templates_.poll_cursor; }

  void append_subscribe(std::string& out, std::string_view channel, std::string_view last_event_id) const;
  void append_publish(std::string& out, std::string_view channel, std::string_view payload) const;
  void append_poll(std::string& out, std::string_view channel, std::string_view after) const;

 private:
  Templates templates_;
  client::Url subscribe_;
  client::Url publish_;
  client::Url poll_;
};

/// `form` with its names filled in.
struct Filling {
  std::string_view channel;
  std::string_view payload;
  std::string_view after;
};
void append_filled(std::string& out, std::string_view form, const Filling& filling);

}  // namespace taskwire::bench
