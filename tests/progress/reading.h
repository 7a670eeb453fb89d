#pragma once

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

#include "progress/describe.h"
#include "progress/progress_reader.h"

namespace taskwire::progress {

using Words = std::vector<std::string>;

/// A reader on a clock of its own.
class Reading {
 public:
  explicit Reading(const Words& command = {}, std::string_view profile = {}, Stream stream = Stream::terminal)
      : reader_(command, profile), stream_(stream) {}

  /// What it says once `bytes` have come and then nothing for a while.
  std::string after(std::string_view bytes) {
    feed(bytes);
    now_ += ProgressReader::kPause;
    reader_.wait(now_);
    return says();
  }
  void feed(std::string_view bytes) { reader_.feed(bytes, stream_, now_); }
  std::string finish() {
    reader_.finish();
    return says();
  }
  [[nodiscard]] std::string says() const { return describe(reader_.progress()); }
  [[nodiscard]] const ProgressReader& reader() const { return reader_; }

 private:
  ProgressReader reader_;
  Stream stream_;
  ProgressReader::Time now_{};
};

/// What it said in the end of `bytes` in pieces of `piece`, and how often it changed its mind.
inline std::string in_pieces(const Words& command, std::string_view profile, Stream stream, std::string_view bytes,
                             std::size_t piece, std::size_t first = 0) {
  Reading reading(command, profile, stream);
  if (first > 0) reading.feed(bytes.substr(0, first));
  for (std::size_t i = first; i < bytes.size(); i += piece) reading.feed(bytes.substr(i, piece));
  const auto says = reading.finish();
  return says + " after " + std::to_string(reading.reader().version());
}

/// Expects the same wherever `bytes` are cut; at many places, where there are many.
inline void expect_cuts_make_no_difference(const Words& command, std::string_view profile, Stream stream,
                                           std::string_view bytes) {
  const auto whole = in_pieces(command, profile, stream, bytes, bytes.size());
  for (const std::size_t piece : {1, 2, 3, 7, 64}) EXPECT_EQ(in_pieces(command, profile, stream, bytes, piece), whole);
  const std::size_t step = bytes.size() > 1000 ? 41 : 1;
  for (std::size_t cut = 1; cut < bytes.size(); cut += step)
    ASSERT_EQ(in_pieces(command, profile, stream, bytes, bytes.size(), cut), whole) << "cut at " << cut;
}

}  // namespace taskwire::progress
