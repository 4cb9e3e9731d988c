/**
 * `npm run chaos` does every fault under load (chaos/every-fault.ts); `npm run chaos -- postgres --minutes 5` stops Postgres for a
 * while under inference alone and compares to the request (chaos/postgres-outage.ts). The last line is JSON; the exit code says
 * whether every promise was kept.
 */
const [fault] = process.argv.slice(2);
if (fault === "postgres") await import("./chaos/postgres-outage.ts");
else if (fault === undefined || fault.startsWith("--")) await import("./chaos/every-fault.ts");
else {
  console.error(`There is no fault "${fault}". Say "postgres", or nothing for all faults.`);
  process.exitCode = 2;
}
