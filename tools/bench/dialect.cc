#include "bench/dialect.h"

#include <algorithm>
#include <utility>

namespace taskwire::bench {
namespace {

constexpr std::string_view kChannel = "{channel}";
constexpr std::string_view kPayload = "{payload}";
constexpr std::string_view kAfter = "{after}";

tl::expected<client::Url, std::string> url_of(const std::string& form, const std::string& base) {
  if (client::is_url(form)) return client::parse_url(form);
  auto root = client::parse_edge(base);
  if (!root) return root;
  if (!form.starts_with('/') || !client::is_sendable(form))
    return tl::unexpected("'" + form + "' is neither a path nor an http:// URL; write for example /stream/{channel}");
  root->path += form;
  return root;
}

void append_request_line(std::string& out, std::string_view method, const client::Url& url, const Filling& filling) {
  (out += method) += ' ';
  append_filled(out, url.path, filling);
  ((out += " HTTP/1.1\r\nHost: ") += url.authority) += "\r\n";
}

}  // namespace

std::optional<Templates> known_templates(std::string_view server) {
  if (server == "taskwire") {
    return Templates{.subscribe_url = "/stream/{channel}",
                     .publish_url = "/publish/{channel}",
                     .poll_url = "/api/events/history?topic=channels/{channel}&limit=100[&after={after}]",
                     .poll_cursor = "through"};
  }
  if (server == "nchan") return Templates{.subscribe_url = "/sub/{channel}", .publish_url = "/pub/{channel}"};
  if (server == "pushpin") {
    return Templates{
        .subscribe_url = "/stream/{channel}",
        .publish_url = "http://127.0.0.1:5561/publish/",
        .publish_type = "application/json",
        .publish_body =
            R"({"items":[{"channel":"{channel}","formats":{"http-stream":{"content":"data: {payload}\n\n"}}}]})"};
  }
  if (server == "floor") return Templates{.subscribe_url = "/stream/{channel}", .publish_url = "/publish/{channel}"};
  return std::nullopt;
}

tl::expected<Dialect, std::string> Dialect::of(const Templates& templates, const std::string& base) {
  Dialect dialect;
  dialect.templates_ = templates;
  const std::pair<const char*, std::pair<const std::string*, client::Url*>> urls[] = {
      {"--subscribe-url", {&templates.subscribe_url, &dialect.subscribe_}},
      {"--publish-url", {&templates.publish_url, &dialect.publish_}},
      {"--poll-url", {&templates.poll_url, &dialect.poll_}}};
  for (const auto& [flag, place] : urls) {
    if (place.first->empty()) continue;
    auto url = url_of(*place.first, base);
    if (!url) return tl::unexpected(std::string(flag) + ": " + url.error());
    *place.second = *std::move(url);
  }
  if (templates.subscribe_url.find(kChannel) == std::string::npos)
    return tl::unexpected<std::string>("--subscribe-url has no {channel}; write for example /stream/{channel}");
  if (templates.publish_url.find(kChannel) == std::string::npos &&
      templates.publish_body.find(kChannel) == std::string::npos)
    return tl::unexpected<std::string>(
        "neither --publish-url nor --publish-body has {channel}; write for example /publish/{channel}");
  if (templates.publish_body.find(kPayload) == std::string::npos &&
      templates.publish_url.find(kPayload) == std::string::npos)
    return tl::unexpected<std::string>("--publish-body has no {payload}, which readers are to get");
  return dialect;
}

void Dialect::append_subscribe(std::string& out, std::string_view channel, std::string_view last_event_id) const {
  append_request_line(out, "GET", subscribe_, {.channel = channel});
  out += "Accept: text/event-stream\r\n";
  if (!last_event_id.empty()) ((out += "Last-Event-ID: ") += last_event_id) += "\r\n";
  out += "\r\n";
}

void Dialect::append_publish(std::string& out, std::string_view channel, std::string_view payload) const {
  const Filling filling{.channel = channel, .payload = payload};
  append_request_line(out, templates_.publish_method, publish_, filling);
  ((out += "Content-Type: ") += templates_.publish_type) += "\r\nContent-Length: ";
  // The length is known when the body stands, and is put in before it.
  const auto at = out.size();
  append_filled(out, templates_.publish_body, filling);
  const auto length = std::to_string(out.size() - at) + "\r\n\r\n";
  out.insert(at, length);
}

void Dialect::append_poll(std::string& out, std::string_view channel, std::string_view after) const {
  append_request_line(out, "GET", poll_, {.channel = channel, .after = after});
  out += "Accept: application/json\r\n\r\n";
}

void append_filled(std::string& out, std::string_view form, const Filling& filling) {
  // Square brackets only mean something where an {after} stands in them: JSON has them too.
  while (!form.empty()) {
    const auto at = std::min(form.find_first_of("{["), form.size());
    out += form.substr(0, at);
    form.remove_prefix(at);
    if (form.starts_with(kChannel)) {
      out += filling.channel;
      form.remove_prefix(kChannel.size());
    } else if (form.starts_with(kPayload)) {
      out += filling.payload;
      form.remove_prefix(kPayload.size());
    } else if (form.starts_with(kAfter)) {
      out += filling.after;
      form.remove_prefix(kAfter.size());
    } else if (const auto end = form.find(']'); form.starts_with('[') && end != std::string_view::npos &&
                                                form.substr(0, end).find(kAfter) != form.npos) {
      if (!filling.after.empty()) append_filled(out, form.substr(1, end - 1), filling);
      form.remove_prefix(end + 1);
    } else if (!form.empty()) {
      out += form.front();
      form.remove_prefix(1);
    }
  }
}

}  // namespace taskwire::bench
