import { expect, test, vi } from "vitest";
import { openDatabase } from "./client.ts";
import { isDatabaseUnavailable } from "./connection-errors.ts";
import { freshDatabase } from "./testing.ts";

test("fails only the transaction of a connection that dies", async () => {
  const { pool } = await freshDatabase();
  const lease = await pool.connect();
  const { rows } = await lease.query("select pg_backend_pid() as pid");
  const died = vi.fn();
  lease.once("end", died);
  await pool.query("select pg_terminate_backend($1)", [rows[0].pid]);
  await vi.waitFor(() => expect(died).toHaveBeenCalled());
  await expect(lease.query("select 1")).rejects.toThrow();
  lease.release(true);
  expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
});

test("waits for a connection up to the timeout, then reports the database as unavailable", async () => {
  const { url } = await freshDatabase();
  const [hasty, patient] = [200, 20_000].map((timeoutMs) => openDatabase(url, { max: 1, name: "test", timeoutMs }));
  if (!hasty || !patient) throw new Error("Two pools were asked for.");
  const lease = await Promise.all([hasty.pool.connect(), patient.pool.connect()]);
  const waiting = patient.db.execute("select 1 as one");
  const error = await hasty.db.execute("select 1 as one").catch((reason: unknown) => reason);
  expect(isDatabaseUnavailable(error)).toBe(true);
  for (const client of lease) client.release();
  expect((await waiting).rows).toEqual([{ one: 1 }]);
  await Promise.all([hasty.close(), patient.close()]);
});

test("reads arrays of floats, also with what JSON has no numbers for", async () => {
  const { pool } = await freshDatabase();
  const { rows } = await pool.query(`
    select '{}'::float8[] as empty, '{0,-1.5,1e300,2e-7}'::float8[] as finite, '{1,NULL,Infinity,NaN}'::float8[] as others,
      '{{1,2},{3,4}}'::float8[] as nested, null::float8[] as missing`);
  expect(rows).toEqual([
    {
      empty: [],
      finite: [0, -1.5, 1e300, 2e-7],
      others: [1, null, Number.POSITIVE_INFINITY, Number.NaN],
      nested: [
        [1, 2],
        [3, 4],
      ],
      missing: null,
    },
  ]);
});
