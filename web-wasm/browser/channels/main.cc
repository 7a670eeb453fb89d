#include "browser/channels/page.h"

int main() {
  static const taskwire::browser::ChannelsPage page;
}
