import { expect, test, vi } from "vitest";
import { freshDatabase } from "./testing.ts";

test("a connection that dies while a transaction holds it fails that transaction and nothing else", async () => {
  const { pool } = await freshDatabase();
  const lent = await pool.connect();
  const { rows } = await lent.query("select pg_backend_pid() as pid");
  const died = vi.fn();
  lent.once("end", died);
  await pool.query("select pg_terminate_backend($1)", [rows[0].pid]);
  await vi.waitFor(() => expect(died).toHaveBeenCalled());
  await expect(lent.query("select 1")).rejects.toThrow();
  lent.release(true);
  expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
});
