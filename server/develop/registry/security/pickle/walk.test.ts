import { describe, expect, test } from "vitest";
import {
  callingSystem,
  harmless,
  joblibNumbers,
  joblibObjects,
  several,
} from "../../../../testing/fixtures/registry/security/pickle/fixture-pickles.ts";
import { memorySource } from "../../onnx/byte-sources.ts";
import { walkPickle } from "./walk.ts";

const walk = (bytes: Uint8Array) => walkPickle(memorySource(bytes));

describe("pickle", () => {
  test.each([0, 1, 2, 3, 4, 5])("returns the imports of protocol %i", (protocol) => {
    const found = walk(callingSystem[protocol] as Buffer);
    expect(found).toMatchObject({ problem: undefined, hiddenImports: 0, count: 1 });
    expect(found.imports).toContain("posix system");
    expect(walk(harmless[protocol] as Buffer)).toMatchObject({
      problem: undefined,
      imports: expect.arrayContaining(["collections OrderedDict", "numpy dtype"]),
    });
  });

  test("finds names hidden in escapes, in the memo, or popped off the stack", () => {
    expect(walk(Buffer.from("S'o\\x73'\nS'sys\\164em'\n\x93.", "latin1")).imports).toEqual(["os system"]);
    expect(walk(Buffer.from("V\\u006fs\nVsystem\n\x93.", "latin1")).imports).toEqual(["os system"]);
    const byMemo = Buffer.from("\x80\x04\x8c\x02os\x94\x8c\x06system\x940\x30h\x00h\x01\x93.", "latin1");
    expect(walk(byMemo).imports).toEqual(["os system"]);
    expect(walk(Buffer.from("(S'id'\nios\nsystem\n.", "latin1")).imports).toEqual(["os system"]);
    expect(walk(Buffer.from("(cos\nsystem\nS'id'\no.", "latin1")).imports).toEqual(["os system"]);
    expect(walk(Buffer.from("cos\nsystem\n0N.", "latin1")).imports).toEqual(["os system"]);
  });

  test("counts imports with a computed name or from the extension registry", () => {
    const computed = Buffer.from("\x80\x04cbuiltins\nstr\n\x8c\x02os\x85R\x8c\x06system\x93.", "latin1");
    expect(walk(computed)).toMatchObject({ hiddenImports: 1, imports: ["builtins str"] });
    expect(walk(Buffer.from("\x80\x02\x82\x01.", "latin1")).hiddenImports).toBe(1);
  });

  test("returns the imports before a truncation or damage", () => {
    const whole = callingSystem[4] as Buffer;
    expect(walk(whole.subarray(0, -8))).toMatchObject({ problem: "it is truncated", imports: ["posix system"] });
    expect(walk(Buffer.from("cos\nsystem\n\xff", "latin1"))).toMatchObject({
      problem: "it contains an unknown opcode",
      imports: ["os system"],
    });
    expect(walk(Buffer.from("R.")).problem).toBe("it refers to a missing stack item");
  });

  test("reads consecutive pickles, and treats raw bytes after the last as data", () => {
    expect(walk(several)).toMatchObject({ count: 4, problem: undefined, imports: ["posix system"] });
  });

  test("stops at the deadline if a pickle never ends", () => {
    const endless = Buffer.alloc(1_000_000, "N0");
    expect(walkPickle(memorySource(endless), 0, 0).problem).toBe("it takes too long to parse");
  });

  test("does not read gigabytes announced by a pickle", () => {
    const source = { sizeBytes: 2 ** 40, read: () => Buffer.concat([Buffer.from("\x8e\0\0\0\0\xff\0\0\0", "latin1")]) };
    expect(walkPickle(source).problem).toBeDefined();
  });
});

describe("joblib file", () => {
  test("skips numeric arrays and scans object arrays", () => {
    expect(walk(joblibNumbers)).toMatchObject({ problem: undefined, hiddenImports: 0 });
    expect(walk(joblibNumbers).imports).not.toContain("os system");
    expect(walk(joblibObjects)).toMatchObject({
      problem: undefined,
      imports: expect.arrayContaining(["posix system"]),
    });
  });
});
