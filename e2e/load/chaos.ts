/**
 * `npm run chaos` runs every fault of roles and of Postgres under load (chaos/every-fault.ts); `npm run chaos -- NAME` runs a single
 * fault: `postgres --minutes 5` stops Postgres for a while under inference only (chaos/postgres-outage.ts), the others
 * inject faults that must not cause harm into a gateway, and `rollout` and `notifications` also into the worker. The last line is JSON; the
 * exit code is zero if every guarantee held.
 */
type FaultRun = (args: string[]) => Promise<boolean>;

const faults: Record<string, () => Promise<{ run: FaultRun }>> = {
  abort: () => import("./chaos/abort.ts"),
  drain: () => import("./chaos/drain.ts"),
  hang: () => import("./chaos/hang.ts"),
  malformed: () => import("./chaos/malformed.ts"),
  notifications: () => import("./chaos/notifications.ts"),
  rollout: () => import("./chaos/rollout.ts"),
};

const [fault, ...args] = process.argv.slice(2);
if (fault === "postgres") await import("./chaos/postgres-outage.ts");
else if (fault === undefined || fault.startsWith("--")) await import("./chaos/every-fault.ts");
else {
  const load = faults[fault];
  if (!load) {
    const names = ["postgres", ...Object.keys(faults)].join(", ");
    console.error(
      `There is no fault "${fault}". Say one of ${names}, or nothing for all faults of roles and Postgres.`,
    );
  }
  const kept = load && (await (await load()).run(args));
  process.exitCode = kept === undefined ? 2 : kept ? 0 : 1;
}
