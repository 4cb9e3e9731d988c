import { z } from "zod";

/** "true" by default. */
const flag = z
  .enum(["true", "false"])
  .default("true")
  .transform((text) => text === "true");

/** A parameter that may be repeated. */
const list = z
  .union([z.string(), z.array(z.string())])
  .default([])
  .transform((given) => [given].flat());

/** Parameters of the lists of alerts and of groups. `unprocessed` is taken and has no effect, as in 0.34. */
export const AlertQuery = z
  .object({
    active: flag,
    silenced: flag,
    inhibited: flag,
    muted: flag,
    unprocessed: flag,
    filter: list,
    receiver: z.string().default(""),
    receiver_matchers: list,
  })
  .transform(({ receiver_matchers: receiverMatchers, unprocessed: _, ...rest }) => ({ ...rest, receiverMatchers }));

/** Parameters of the list of silences. */
export const SilenceQuery = z.object({ active: flag, expired: flag, pending: flag, filter: list });

export const ReceiverQuery = z.object({ receiver_matchers: list });
