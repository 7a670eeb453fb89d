// The command line of a tool: what makes no sense is told, and ends it with status 2.
import { parseArgs } from 'node:util';

export function commandLine(program) {
  function fail(text) {
    console.error(`${program}: ${text}; see --help`);
    process.exit(2);
  }
  return {
    fail,
    /** The values of `options`, as parseArgs takes them. */
    parse(options) {
      try {
        return parseArgs({ options }).values;
      } catch (error) {
        return fail(error.message);
      }
    },
    /** What `value` says, that `--name` was given. */
    number(name, value, least, most) {
      if (!/^\d+$/.test(value) || Number(value) < least || Number(value) > most) fail(`--${name} is a whole number from ${least} to ${most}, not '${value}'`);
      return Number(value);
    },
  };
}
