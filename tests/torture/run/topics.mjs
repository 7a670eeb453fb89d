// Where what is written goes.
export const kUsers = ['ada', 'ben', 'cyd', 'dan'];
export const kChannels = ['news', 'logs', 'chat', 'odds', 'ends'].map((name) => `channels/${name}`);
/** What goes there is so large that much of everything has to be trimmed. */
export const kBulk = ['channels/bulk', 'messages/bulk'];
export const kPublished = [...kChannels, ...kUsers.map((user) => `messages/${user}`)];
export const kTopics = [...kPublished, ...kUsers.map((user) => `tasks/${user}`), ...kBulk];

const kWindow = 2000;  // ms in which one channel is written to and read by those whose doings are judged as linearizable
export const windowAt = (ms) => [`channels/window-${Math.floor(ms / kWindow)}`];
