#include "hub/output.h"

#include <algorithm>
#include <charconv>

#include "hub/sse.h"
#include "text/json_writer.h"

namespace taskwire::edge {
namespace {

/// Of `<epoch>-<attempt>.<place>`.
int attempt_of(std::string_view cursor) {
  const auto dash = cursor.find('-');
  int attempt = 0;
  if (dash != std::string_view::npos) std::from_chars(cursor.data() + dash + 1, cursor.data() + cursor.size(), attempt);
  return attempt;
}

/// Whether somebody who has seen that knows of an unfinished line of that stream.
bool has_seen(std::string_view seen, v1::OutputStream stream) {
  const auto dot = seen.rfind('.');
  int streams = 0;
  if (dot != std::string_view::npos) std::from_chars(seen.data() + dot + 1, seen.data() + seen.size(), streams);
  return (streams & stream) != 0;
}

std::string text_data(v1::OutputStream stream, std::string_view text) {
  std::string data;
  JsonWriter(data).begin_object().member("stream", stream_name(stream)).member("text", text).end_object();
  return data;
}

class Blocks {
 public:
  Blocks(const v1::ReadOutputRequest& request, const v1::ReadOutputResponse& response)
      : request_(request),
        response_(response),
        epoch_(response.through().substr(0, response.through().find('-'))),
        attempt_(response.has_reset() ? 0 : attempt_of(request.after())) {
    if (response.has_reset()) {
      std::string data;
      JsonWriter(data)
          .begin_object()
          .member("reason", response.reset().reason())
          .member("cursor", request.after())
          .end_object();
      append_block(sse_, {.event = "reset", .data = data});
    }
    if (!request.from_end()) {
      for (const auto& piece : response.pieces()) add(piece);
      enter(attempt_of(response.through()));
    }
    if (response.caught_up()) add_unfinished();
    if (response.ended() && response.through() != request.after()) {
      append_block(sse_, {.id = response.through(), .event = "end", .data = "{}"});
    }
  }

  [[nodiscard]] const std::string& sse() const { return sse_; }

 private:
  [[nodiscard]] std::string id(int attempt, std::int64_t place) const {
    return epoch_ + "-" + std::to_string(attempt) + "." + std::to_string(place);
  }

  /// Says where another attempt begins; the first one needs no word.
  void enter(int attempt) {
    if (attempt <= attempt_) return;
    attempt_ = attempt;
    if (attempt == 1) return;
    std::string data;
    JsonWriter(data).begin_object().member("attempt", std::int64_t{attempt}).end_object();
    append_block(sse_, {.id = id(attempt, 0), .event = "attempt", .data = data});
  }

  void add(const v1::KeptOutput& piece) {
    enter(piece.attempt());
    const auto to = id(piece.attempt(), piece.to());
    if (piece.text().empty()) {
      std::string data;
      JsonWriter(data).begin_object().member("from", id(piece.attempt(), piece.from())).member("to", to).end_object();
      return append_block(sse_, {.id = to, .event = "skipped", .data = data});
    }
    append_block(sse_, {.id = to, .event = "output", .data = text_data(piece.stream(), piece.text())});
  }

  /// Also that nothing stands there any more, to who may have seen something.
  void add_unfinished() {
    for (const auto stream : {v1::OUTPUT_STREAM_STDOUT, v1::OUTPUT_STREAM_STDERR}) {
      const auto& lines = response_.unfinished();
      const auto line =
          std::find_if(lines.begin(), lines.end(), [&](const auto& each) { return each.stream() == stream; });
      const auto& pieces = response_.pieces();
      const bool is_replaced = std::any_of(pieces.begin(), pieces.end(), [&](const auto& piece) {
        return piece.stream() == stream && !piece.text().empty();
      });
      const bool is_gone = line == lines.end() && has_seen(request_.seen(), stream) && !is_replaced;
      if (line != lines.end() || is_gone)
        append_block(sse_, {.event = "line", .data = text_data(stream, is_gone ? "" : line->text())});
    }
  }

  const v1::ReadOutputRequest& request_;
  const v1::ReadOutputResponse& response_;
  const std::string epoch_;
  int attempt_;
  std::string sse_;
};

}  // namespace

std::string_view stream_name(v1::OutputStream stream) {
  return stream == v1::OUTPUT_STREAM_STDERR ? "stderr" : "stdout";
}

OutputPagePtr make_output_page(const v1::ReadOutputRequest& request, const v1::ReadOutputResponse& response) {
  const Blocks blocks(request, response);
  auto page = std::make_shared<OutputPage>();
  if (!blocks.sse().empty()) page->frame = std::make_shared<const Frame>(blocks.sse());
  page->through = response.through();
  page->seen = response.seen();
  page->is_reset = response.has_reset();
  page->ended = response.ended();
  return page;
}

}  // namespace taskwire::edge
