import { parseArgs } from "node:util";
import { besideOthers, forever } from "./bad-model.ts";

/**
 * Sends a model requests that never finish, `--rounds 5` times, with load on another endpoint of the same gateway.
 * @returns whether no request of the other endpoint failed
 */
export async function run(args: string[]): Promise<boolean> {
  const { values } = parseArgs({ args, options: { rounds: { type: "string", default: "5" } } });
  return besideOthers("hang", Number(values.rounds), { runLimitMs: 1_000 }, ({ bad }) => bad(forever));
}
