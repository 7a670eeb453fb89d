// What is measured, and which of it the table shows.

const us = (key, title) => ({ key, title, unit: 'µs', better: 'lower' });
/** `share`: where the client's share of its core stands, meanwhile. */
const ms = (key, title, share) => ({ key, title, unit: 'ms', better: 'lower', share });

/** `short`: small, to see that all works. */
export function measurements(short) {
  const size = (count) => (short ? count / 5 : count);
  const some = (count) => String(size(count));
  const text = (count) => size(count).toLocaleString('en-US');
  const time = (seconds) => `${short ? seconds * 200 : seconds * 1000}ms`;
  const settle = ['--settle', '300ms', '--warm-up', '400ms'];
  const plan = [
    {
      key: 'idle-one', args: ({ streams }) => ['idle', '--readers', streams, '--time', time(1)],
      figures: [{ key: 'kibPerStream', title: 'user memory of an idle stream, all of one channel', unit: 'KiB', better: 'lower' }],
    },
    {
      key: 'idle-each', args: ({ streams }) => ['idle', '--readers', streams, '--channels', streams, '--time', time(1)],
      figures: [{ key: 'kibPerStream', title: 'the same, a channel each', unit: 'KiB', better: 'lower' }],
    },
    {
      key: 'fan-out-20k', args: () => ['fan-out', '--readers', some(1000), '--rate', '20', '--time', time(3)],
      figures: [us('cpuMicrosPerDelivery', `CPU of a delivery, ${text(20_000)} a second to ${text(1000)} readers`), ms('deliveryP50Ms', 'a delivery then, p50'), ms('deliveryP99Ms', 'p99')],
    },
    {
      key: 'fan-out-100k', args: () => ['fan-out', '--readers', some(1000), '--rate', '100', '--time', time(3)],
      figures: [us('cpuMicrosPerDelivery', `CPU of a delivery, ${text(100_000)} a second`), ms('deliveryP50Ms', 'a delivery then, p50'), ms('deliveryP99Ms', 'p99')],
    },
    {
      key: 'most', args: ({ mostRate }) => ['most', '--readers', some(1000), '--rate', String(mostRate), '--time', time(1)],
      figures: [{ key: 'deliveriesPerSecond', title: 'most deliveries with a p99 below 100 ms', unit: 'a second', better: 'higher', isLimit: true }],
    },
    {
      key: 'publish', args: () => ['channels', '--readers', some(2000), '--callers', '8', '--time', time(3)],
      figures: [
        { key: 'publishedPerSecond', title: `published and delivered, ${text(2000)} channels, 8 callers`, unit: 'a second', better: 'higher', isLimit: true },
        us('cpuMicrosPerEvent', 'CPU of each'),
      ],
    },
    { key: 'connect', args: ({ streams }) => ['connect', '--readers', streams], figures: [us('cpuMicrosPerConnect', 'CPU of a connect')] },
    {
      key: 'replay', args: () => ['replay', '--readers', some(1000), '--events', '100'],
      figures: [us('cpuMicrosPerEvent', `CPU of an event replayed, 100 to each of ${text(1000)}`)],
    },
    {
      // What each is owed is more than a kernel buffers for a connection, so that the server feels it.
      key: 'slow', args: () => ['slow', '--readers', some(4000), '--stalled', some(200), '--owed', '4096', '--rate', '4', '--time', time(4)],
      figures: [
        ms('withoutP99Ms', `p99 of ${text(3800)} readers`, 'withoutClientShare'),
        ms('withP99Ms', `the same beside ${text(200)} that take nothing`),
        { key: 'owedKibPerStalled', title: 'what each of these is owed at last', unit: 'KiB', isCount: true },
        { key: 'stalledCut', title: 'of these were cut', unit: '', isCount: true },
      ],
    },
    {
      key: 'interference', args: () => ['interference', '--readers', some(1000), '--rate', '20', '--events', '100', '--time', time(3)],
      figures: [
        ms('withoutP99Ms', `p99 of ${text(1000)} readers`, 'withoutClientShare'), ms('withP99Ms', `the same beside ${text(1000)} who come again and again and catch up`),
      ],
    },
    {
      key: 'polling', args: () => ['polling', '--readers', some(10000), '--rate', '1000', '--time', time(4), '--settle', '1s'],
      figures: [
        us('streamCpuMicrosPerUpdate', `CPU of an update, ${text(10_000)} streams`), us('pollCpuMicrosPerUpdate', `the same, ${text(10_000)} users who poll once a second`),
        { key: 'pollRequestsPerUpdate', title: 'requests for an update', unit: '', better: 'lower' },
        { key: 'pollPutOff', title: 'requests that the server had no time for (503)', unit: '', better: 'lower' },
        ms('streamP50Ms', 'an update by a stream, p50', 'streamClientShare'), ms('streamP99Ms', 'p99', 'streamClientShare'), ms('pollP50Ms', 'an update by polling, p50'), ms('pollP99Ms', 'p99'),
      ],
    },
  ];
  return plan.map(({ key, args, figures }) => ({
    key, figures,
    args: (peer) => [...args({ streams: some(peer.streams), mostRate: peer.mostRate }), ...settle],
    shown: (name) => name.toLowerCase().endsWith('clientshare') || figures.some((figure) => figure.key === name),
  }));
}
