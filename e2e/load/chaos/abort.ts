import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { besideOthers, forever } from "./bad-model.ts";
import { childrenOf } from "./faults.ts";

/**
 * Ends the process of an untrusted model while it runs, as abort() in native code does, `--rounds 5` times, with load on another
 * endpoint of the same gateway. @returns whether no request of the other endpoint failed
 */
export async function run(args: string[]): Promise<boolean> {
  const { values } = parseArgs({ args, options: { rounds: { type: "string", default: "5" } } });
  return besideOthers("abort", Number(values.rounds), { isolation: "process" }, async ({ gateway, bad }) => {
    const answered = bad(forever);
    await pause(300);
    const [child, ...others] = await childrenOf(gateway.pid);
    if (!child || others.length > 0) throw new Error("The process of the bad model cannot be told from others.");
    process.kill(child, "SIGABRT");
    return answered;
  });
}
