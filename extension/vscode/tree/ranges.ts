/**
 * Cuts what is too long to be shown at once into parts that are opened one by one, as VS Code does with large arrays:
 * it takes all children of a row in one piece, and ten thousand of them hold up the window for a second.
 */
export function inRanges<T>(all: readonly T[]): readonly (readonly T[])[] {
  if (all.length <= MOST_AT_ONCE) return [all];
  const count = Math.ceil(all.length / RANGE);
  return Array.from({ length: count }, (_, index) => all.slice(index * RANGE, (index + 1) * RANGE));
}

const MOST_AT_ONCE = 1000;
const RANGE = 500;
