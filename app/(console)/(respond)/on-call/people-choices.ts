import type { Context } from "#server/base/context.ts";
import { listUsers } from "#server/platform/identity/users/queries.ts";

/** Lists everyone who may be put on call, by name, as options of a select. */
export async function peopleChoices(ctx: Context): Promise<{ value: string; label: string }[]> {
  const choices: { value: string; label: string }[] = [];
  let after: string | undefined;
  do {
    const { users, next } = await listUsers(ctx, after ? { after } : {});
    choices.push(
      ...users
        .filter(({ disabledAt }) => !disabledAt)
        .map(({ id, name, email }) => ({ value: id, label: `${name} (${email})` })),
    );
    after = next;
  } while (after);
  return choices.sort((a, b) => a.label.localeCompare(b.label));
}

/** Lists the time zones that this server supports, UTC first. */
export function zoneChoices(): string[] {
  return ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];
}
