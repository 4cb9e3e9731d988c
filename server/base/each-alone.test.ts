import { expect, test } from "vitest";
import { eachAlone } from "./each-alone.ts";

const failing = (message: string) => () => Promise.reject(new Error(message));

test("runs every step although one fails, and throws its failure at the end", async () => {
  const done: string[] = [];
  const step = (name: string) => async () => done.push(name);
  await expect(eachAlone([step("a"), failing("no room"), step("b")])).rejects.toThrow("no room");
  expect(done).toEqual(["a", "b"]);
});

test("throws several failures together", async () => {
  await expect(eachAlone([failing("one"), failing("two")])).rejects.toThrow(AggregateError);
  await eachAlone([]);
});

test("ends after ten failures in a row", async () => {
  let runs = 0;
  const step = () => {
    runs += 1;
    return Promise.reject(new Error("away"));
  };
  await expect(eachAlone(Array(50).fill(step))).rejects.toThrow("10 steps failed.");
  expect(runs).toBe(10);
});
