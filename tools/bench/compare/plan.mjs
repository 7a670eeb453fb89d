// What is measured, and which of it the table shows.

const us = (key, title) => ({ key, title, unit: 'µs', better: 'lower' });
const ms = (key, title) => ({ key, title, unit: 'ms', better: 'lower' });

/** `short`: small, to see that all works. */
export function measurements(short) {
  const some = (count) => String(short ? count / 5 : count);
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
      figures: [us('cpuMicrosPerDelivery', 'CPU of a delivery, 20,000 a second to 1,000 readers'), ms('deliveryP50Ms', 'a delivery then, p50'), ms('deliveryP99Ms', 'p99')],
    },
    {
      key: 'fan-out-100k', args: () => ['fan-out', '--readers', some(1000), '--rate', '100', '--time', time(3)],
      figures: [us('cpuMicrosPerDelivery', 'CPU of a delivery, 100,000 a second'), ms('deliveryP50Ms', 'a delivery then, p50'), ms('deliveryP99Ms', 'p99')],
    },
    {
      key: 'most', args: ({ mostRate }) => ['most', '--readers', some(1000), '--rate', String(mostRate), '--time', time(1)],
      figures: [{ key: 'deliveriesPerSecond', title: 'most deliveries with a p99 below 100 ms', unit: 'a second', better: 'higher', isLimit: true }],
    },
    {
      key: 'publish', args: () => ['channels', '--readers', some(2000), '--callers', '8', '--time', time(3)],
      figures: [
        { key: 'publishedPerSecond', title: 'published and delivered, 2,000 channels, 8 callers', unit: 'a second', better: 'higher', isLimit: true },
        us('cpuMicrosPerEvent', 'CPU of each'),
      ],
    },
    { key: 'connect', args: ({ streams }) => ['connect', '--readers', streams], figures: [us('cpuMicrosPerConnect', 'CPU of a connect')] },
    {
      key: 'replay', args: () => ['replay', '--readers', some(1000), '--events', '100'],
      figures: [us('cpuMicrosPerEvent', 'CPU of an event replayed, 100 to each of 1,000')],
    },
    {
      key: 'slow', args: () => ['slow', '--readers', some(5000), '--stalled', some(1000), '--rate', '4', '--time', time(2)],
      figures: [ms('withoutP99Ms', 'p99 of 4,000 readers'), ms('withP99Ms', 'the same beside 1,000 that take nothing')],
    },
    {
      key: 'interference', args: () => ['interference', '--readers', some(1000), '--rate', '20', '--events', '100', '--time', time(3)],
      figures: [ms('withoutP99Ms', 'p99 of 1,000 readers'), ms('withP99Ms', 'the same beside 1,000 who come again and again and catch up')],
    },
    {
      key: 'polling', args: () => ['polling', '--readers', some(10000), '--rate', '1000', '--time', time(4), '--settle', '1s'],
      figures: [
        us('streamCpuMicrosPerUpdate', 'CPU of an update, 10,000 streams'), us('pollCpuMicrosPerUpdate', 'the same, 10,000 users who poll once a second'),
        { key: 'pollRequestsPerUpdate', title: 'requests for an update', unit: '', better: 'lower' },
        { key: 'pollPutOff', title: 'requests that the server had no time for (503)', unit: '', better: 'lower' },
        ms('streamP50Ms', 'an update by a stream, p50'), ms('streamP99Ms', 'p99'), ms('pollP50Ms', 'an update by polling, p50'), ms('pollP99Ms', 'p99'),
      ],
    },
  ];
  return plan.map(({ key, args, figures }) => ({
    key, figures,
    args: (peer) => [...args({ streams: some(peer.streams), mostRate: peer.mostRate }), ...settle],
    shown: (name) => name === 'clientShare' || figures.some((figure) => figure.key === name),
  }));
}
