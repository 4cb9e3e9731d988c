import type { Random } from "#server/stats/random.ts";
import { bodyKinds } from "./body-kinds.ts";
import { jsonKinds } from "./json-kinds.ts";
import type { Message } from "./message.ts";
import { wireKinds } from "./wire-kinds.ts";

/**
 * Function that creates one malformed request; occasionally the result is valid.
 * @param whole the bytes of a message
 * @returns a message, or the bytes themselves
 */
export type Kind = (random: Random, whole: (message: Message) => Buffer) => Message | Buffer;

/** Every way of being wrong. */
export const kinds: Record<string, Kind> = { ...jsonKinds, ...bodyKinds, ...wireKinds };
