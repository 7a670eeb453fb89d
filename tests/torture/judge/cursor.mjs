export const epochOf = (id) => /^([a-z0-9]{1,16})-\d+$/.exec(id ?? '')?.[1];
export const isKeyed = (topic) => topic.startsWith('tasks/');

/** The first place in a sorted list whose `of` is above `bound`. */
export function above(list, bound, of = (value) => value) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (of(list[middle]) > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}
