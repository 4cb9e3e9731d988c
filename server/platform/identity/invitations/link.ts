import { dayMs } from "#server/base/durations.ts";
import { newSecret } from "../tokens/secret.ts";

const validDays = 7;
const mark = "invite_";

/** Generates the secret of a link, with what is stored of it. */
export function newLink(now = new Date()): { path: string; secretHash: string; expiresAt: Date } {
  const { secret, hash } = newSecret(mark);
  return { path: `/invitations/${secret}`, secretHash: hash, expiresAt: new Date(now.getTime() + validDays * dayMs) };
}
