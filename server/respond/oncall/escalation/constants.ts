/** Returns the names of everyone whom a step of an escalation pages: people, then receivers. */
export function namesOf({
  people,
  receivers,
}: {
  people: readonly { name: string }[];
  receivers: readonly string[];
}): string[] {
  return [...people.map(({ name }) => name), ...receivers];
}
