import { createHash } from "node:crypto";

/**
 * A number from 0 to below 1 that is always the same for one text and looks random across texts. By it a share of tasks is drawn, so that
 * every process draws the same ones.
 */
export function hashShare(text: string): number {
  return createHash("sha256").update(text).digest().readUIntBE(0, 6) / 2 ** 48;
}
