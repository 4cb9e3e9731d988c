import { describe, expect, test } from "vitest";
import { readPicture } from "./shown-picture.ts";

const read = (value: unknown) => readPicture(value, "/file");
const pixels = (value: unknown) => {
  const picture = read(value);
  return picture?.kind === "pixels" ? [picture.width, picture.height, ...picture.rgba] : undefined;
};

describe("pictures of tasks", () => {
  test("come from a stored file or an inline image", () => {
    expect(read({ artifact: "a/b", mimeType: "image/png", sizeBytes: 3 })).toEqual({ kind: "address", src: "/file" });
    expect(read("data:image/png;base64,AA==")).toEqual({ kind: "address", src: "data:image/png;base64,AA==" });
  });

  test("are only linked from another host", () => {
    expect(read("https://example.test/a.png")).toEqual({ kind: "elsewhere", href: "https://example.test/a.png" });
  });

  test("are drawn from grey numbers of any usual scale, with leading dimensions of one", () => {
    const grey = [2, 1, 0, 0, 0, 255, 255, 255, 255, 255];
    expect(pixels([[0, 1]])).toBeUndefined();
    expect(pixels([[[[0, 16]], [[8, 4]]]])).toBeUndefined();
    expect(
      pixels([
        [0, 1],
        [1, 0],
      ]),
    ).toEqual([2, 2, ...grey.slice(2), 255, 255, 255, 255, 0, 0, 0, 255]);
    const scaled = pixels({ shape: [1, 1, 2, 2], data: [0, 16, 8, 4] });
    expect(scaled?.slice(2)).toEqual([0, 0, 0, 255, 255, 255, 255, 255, 128, 128, 128, 255, 64, 64, 64, 255]);
  });

  test("are drawn from colours with channels first or last", () => {
    const last = pixels({ shape: [2, 1, 3], data: [255, 0, 0, 0, 0, 255] });
    const first = pixels({ shape: [3, 2, 1], data: [255, 0, 0, 0, 0, 255] });
    expect(last).toEqual([1, 2, 255, 0, 0, 255, 0, 0, 255, 255]);
    expect(first).toEqual(last);
  });

  test.each([
    [null],
    ["hello"],
    [{ a: 1 }],
    [[1, 2, 3]],
    [
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [{ shape: [2, 2], data: [1] }],
  ])("are not read from %j", (value) => {
    expect(read(value)).toBeUndefined();
  });
});
