#pragma once

#include <memory>
#include <string_view>

#include "progress/profile.h"

namespace taskwire::progress {

// What each knows is said in its own file.
[[nodiscard]] std::unique_ptr<Profile> make_apt(Arguments arguments);
[[nodiscard]] std::unique_ptr<Profile> make_cargo(Arguments arguments);
[[nodiscard]] std::unique_ptr<Profile> make_curl(Arguments arguments);
[[nodiscard]] std::unique_ptr<Profile> make_dd(Arguments arguments);
[[nodiscard]] std::unique_ptr<Profile> make_docker(Arguments arguments);
[[nodiscard]] std::unique_ptr<Profile> make_e2fsck(Arguments arguments);
[[nodiscard]] std::unique_ptr<Profile> make_ffmpeg(Arguments arguments);
[[nodiscard]] std::unique_ptr<Profile> make_git(Arguments arguments);
[[nodiscard]] std::unique_ptr<Profile> make_make(Arguments arguments);
[[nodiscard]] std::unique_ptr<Profile> make_ninja(Arguments arguments);
[[nodiscard]] std::unique_ptr<Profile> make_pip(Arguments arguments);
[[nodiscard]] std::unique_ptr<Profile> make_pv(Arguments arguments);
[[nodiscard]] std::unique_ptr<Profile> make_rsync(Arguments arguments);
[[nodiscard]] std::unique_ptr<Profile> make_tqdm(Arguments arguments);
[[nodiscard]] std::unique_ptr<Profile> make_wget(Arguments arguments);
[[nodiscard]] std::unique_ptr<Profile> make_zstd(Arguments arguments);

/// Whether `text` is a bar of tqdm, which programs of any name draw.
[[nodiscard]] bool is_tqdm_bar(std::string_view text);

}  // namespace taskwire::progress
