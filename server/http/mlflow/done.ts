import type { Context } from "#server/base/context.ts";

/** Returns a handler that runs a command and responds with `{}`. */
export function done<Input>(
  command: (ctx: Context, input: Input) => Promise<unknown>,
): (ctx: Context, input: Input) => Promise<object> {
  return async (ctx, input) => {
    await command(ctx, input);
    return {};
  };
}
