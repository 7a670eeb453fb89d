#include "progress/heuristics.h"

#include <algorithm>
#include <utility>

namespace taskwire::progress {
namespace {

constexpr double kSmallFall = 0.05;  // a total that grows makes the part smaller

}  // namespace

Heuristics::Track& Heuristics::track_of(Tracks& tracks, std::size_t& next, std::uint64_t key, bool& is_new) {
  auto* const found = std::find_if(tracks.begin(), tracks.end(), [&](const Track& track) { return track.key == key; });
  is_new = found == tracks.end();
  if (!is_new) return *found;
  auto& track = tracks[next];
  next = (next + 1) % tracks.size();
  track = {};
  track.key = key;
  return track;
}

bool Heuristics::follow(Track& track, bool is_new, const Candidate& candidate, int needed, Progress& progress) {
  const auto now = candidate.count.fraction();
  if (is_new || track.lead != candidate.lead) {
    const auto key = track.key;
    track = {key, candidate.lead, now};
    return false;
  }
  if (track.is_banned) return false;
  const auto before = std::exchange(track.last, now);
  const bool is_new_run = is_anew(before, now);
  if (now < before && !is_new_run) {
    if (before - now <= kSmallFall && track.is_told) return false;
    track.rises = 0;
    if (!track.is_told) return false;
    track.is_banned = true;
    runs_.clear();
    progress = {};
    return true;
  }
  if (now > before) ++track.rises;
  if (!track.is_told && track.rises < needed) return false;
  track.is_told = true;
  // What is printed above bars moves them to other rows.
  const auto key = candidate.label.empty() ? track.key : key_of(candidate.label);
  runs_.tell(key, candidate.label, candidate.count, progress);
  return true;
}

bool Heuristics::read(const Drawing& drawing, Progress& progress) {
  const auto candidate = find_candidate(drawing.text);
  if (!candidate) return false;
  bool is_new = false;
  const auto row_key = drawing.row * 2 + 1;
  auto& row = track_of(rows_, next_row_, row_key, is_new);
  const bool told = follow(row, is_new, *candidate, 1, progress);
  if (drawing.is_again || told) return told;
  const auto total = static_cast<std::uint64_t>(candidate->count.total.value_or(0));
  auto& line = track_of(templates_, next_template_, (candidate->line ^ (total * 0x9E3779B97F4A7C15U)) | 1U, is_new);
  return follow(line, is_new, *candidate, 2, progress);
}

}  // namespace taskwire::progress
