import { type Answer, answerOf, type Choice, listOf, type Position } from "./steps.ts";

/** A question with several answers, `least` at least. */
export function askMany<T>(
  position: Position,
  placeholder: string,
  choices: readonly Choice<T>[],
  preselected: readonly T[],
  least = 1,
): Promise<Answer<readonly T[]>> {
  const list = listOf(position, placeholder, choices);
  list.canSelectMany = true;
  list.selectedItems = list.items.filter(({ value }) => preselected.includes(value));
  return answerOf(list, () =>
    list.selectedItems.length < least ? undefined : { value: list.selectedItems.map(({ value }) => value) },
  );
}
