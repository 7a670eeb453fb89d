// Goes through the lines of a history's file.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

export const linesOf = (path) => async function* lines() {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    if (line !== '') yield JSON.parse(line);
  }
};
