import { expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { newWorkspace } from "../testing/testing.ts";
import { transact } from "./context.ts";
import { sideBySide } from "./side-by-side.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);

/** Records when two reads start and end. */
async function order(of: typeof ctx): Promise<string[]> {
  const received: string[] = [];
  const read = (name: string) => async () => {
    received.push(`${name} begins`);
    await of.db.execute("select 1");
    received.push(`${name} ends`);
    return name;
  };
  expect(await sideBySide(of, [read("a"), read("b")])).toEqual(["a", "b"]);
  return received;
}

test("runs reads concurrently, but sequentially inside a transaction and a savepoint", async () => {
  expect((await order(ctx)).slice(0, 2)).toEqual(["a begins", "b begins"]);
  const inOrder = ["a begins", "a ends", "b begins", "b ends"];
  expect(await transact(ctx, order)).toEqual(inOrder);
  expect(await transact(ctx, (ctx) => transact(ctx, order))).toEqual(inOrder);
});
