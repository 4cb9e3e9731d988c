import type { Context } from "#server/base/context.ts";

/** A handler that runs a command and answers `{}`. */
export function done<Input>(
  command: (ctx: Context, input: Input) => Promise<unknown>,
): (ctx: Context, input: Input) => Promise<object> {
  return async (ctx, input) => {
    await command(ctx, input);
    return {};
  };
}
