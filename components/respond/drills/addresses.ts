/** Page that lists game days. */
export const gameDaysPath = "/game-days";

/** Returns the name of a game day: "GD-14". */
export function gameDayName(number: number): string {
  return `GD-${number}`;
}

/** Returns the address of a game day: its plan, then the running game day, then its report. */
export function gameDayHref(number: number): string {
  return `${gameDaysPath}/${gameDayName(number)}`;
}

/** Returns the address of the form that changes a planned game day. */
export function editGameDayHref(number: number): string {
  return `${gameDayHref(number)}/edit`;
}

/** Returns the address of the form that plans a game day, empty or with the plan of an earlier one. */
export function newGameDayHref(from?: number): string {
  return from === undefined ? `${gameDaysPath}/new` : `${gameDaysPath}/new?from=${gameDayName(from)}`;
}

/** Reads the number of a game day from an address, with or without "GD-"; undefined if it is none. */
export function readGameDayName(name: string): number | undefined {
  const digits = /^(?:GD-)?([1-9]\d{0,8})$/i.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
