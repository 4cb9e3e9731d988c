import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { ZipFile } from "yazl";
import {
  externalDataModel,
  mlpModel,
  node,
  onnxModel,
  tensorValue,
} from "../../../../testing/fixtures/registry/onnx/fixture-models.ts";
import {
  callingSystem,
  harmless,
  joblibPacked,
  npyNumbers,
  npyObjects,
  npz,
} from "../../../../testing/fixtures/registry/security/pickle/fixture-pickles.ts";
import { memorySource } from "../../onnx/byte-sources.ts";
import { scanFile } from "./scan-file.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-unpacked-"));
afterAll(() => {
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});

const evil = callingSystem[4] as Buffer;

const scan = (name: string, bytes: Buffer) =>
  scanFile(name, memorySource(bytes), { deadlineAt: performance.now() + 30_000, folder });

/** Returns severity, rule and file of each finding. */
async function found(name: string, bytes: Buffer): Promise<string[]> {
  return (await scan(name, bytes)).map(({ severity, rule, file }) => `${severity} ${rule} ${file}`);
}

function zip(files: Record<string, Buffer>, isPacked = true): Promise<Buffer> {
  const archive = new ZipFile();
  for (const [name, content] of Object.entries(files)) archive.addBuffer(content, name, { compress: isPacked });
  archive.end();
  return buffer(archive.outputStream);
}

describe("dangerous pickle", () => {
  const inside = (file: string) => [`dangerous pickle-import ${file}`];

  test("is found under any file name, with and without a protocol", async () => {
    expect(await found("model.pkl", evil)).toEqual(inside("model.pkl"));
    expect(await found("weights", callingSystem[0] as Buffer)).toEqual(inside("weights"));
    expect(await found("notes.dat", callingSystem[1] as Buffer)).toEqual(inside("notes.dat"));
  });

  test("is found in PyTorch archives, stored and compressed", async () => {
    const files = { "archive/data.pkl": evil, "archive/data/0": Buffer.alloc(100) };
    expect(await found("m.pt", await zip(files, false))).toEqual(inside("m.pt!/archive/data.pkl"));
    expect(await found("m.pt", await zip(files))).toEqual(inside("m.pt!/archive/data.pkl"));
  });

  test("is found in object arrays, and in joblib and gzip files", async () => {
    expect(await found("a.npy", npyObjects)).toEqual(inside("a.npy"));
    expect(await found("a.npz", npz)).toEqual(inside("a.npz!/e.npy"));
    expect(await found("m.joblib", joblibPacked)).toEqual(inside("m.joblib!/unpacked"));
    expect(await found("m.pkl.gz", gzipSync(evil))).toEqual(inside("m.pkl"));
  });

  test("is found in a nested archive, and in a tar", async () => {
    expect(await found("a.zip", await zip({ "b.zip": await zip({ "m.pkl": evil }) }))).toEqual(
      inside("a.zip!/b.zip!/m.pkl"),
    );
    expect(await found("m.tar", tar("m.pkl", evil))).toEqual(inside("m.tar!/m.pkl"));
  });
});

test("reports no findings for harmless files", async () => {
  for (const bytes of harmless) expect(await found("m.pkl", bytes)).toEqual([]);
  expect(await found("a.npy", npyNumbers)).toEqual([]);
  expect(await found("README", Buffer.from("cos and sin are functions.\nThey are (mostly) harmless.\n"))).toEqual([]);
  expect(await found("random.bin", Buffer.from("4f9c1d77a3b05e", "hex"))).toEqual([]);
  expect(await found("m.onnx", mlpModel([4, 3]))).toEqual([]);
  expect(await found("empty.pkl", Buffer.alloc(0))).toEqual([]);
  expect(await found("a.zip", await zip({ "README.md": Buffer.from("# hello") }))).toEqual([]);
});

test("warns about unknown imports by name", async () => {
  const [finding] = await scan("m.pkl", Buffer.from("\x80\x02cmy_package\nModel\n)R.", "latin1"));
  expect(finding).toMatchObject({ severity: "warning", words: expect.stringContaining("my_package.Model") });
});

describe("malicious archives", () => {
  test("reports an archive that expands to far more than its size", async () => {
    const zeros = await zip({ zeros: Buffer.alloc(300 * 2 ** 20) });
    expect(await found("bomb.zip", zeros)).toEqual(["dangerous zip-bomb bomb.zip"]);
    expect(await found("bomb.gz", gzipSync(Buffer.alloc(300 * 2 ** 20)))).toEqual(["dangerous zip-bomb bomb.gz"]);
  });

  test("reports an archive with paths outside its folder", async () => {
    const bytes = await zip({ "aa/bb/btxt": Buffer.from("x") }, false);
    const slip = Buffer.from(bytes.toString("latin1").replaceAll("aa/bb/btxt", "../../btxt"), "latin1");
    expect(await found("slip.zip", slip)).toEqual(["dangerous zip-path slip.zip!/../../btxt"]);
  });

  test("reports an archive nested too deeply as not scanned", async () => {
    let bytes = await zip({ "m.pkl": evil });
    for (let depth = 0; depth < 5; depth++) bytes = await zip({ "a.zip": bytes });
    expect(await found("a.zip", bytes)).toEqual([expect.stringMatching(/^unread not-looked-at/)]);
  });

  test("reports a broken archive as unreadable", async () => {
    const bytes = await zip({ "m.pkl": evil });
    expect(await found("m.zip", bytes.subarray(0, -30))).toEqual(["unread zip-broken m.zip"]);
    expect(await found("m.gz", gzipSync(evil).subarray(0, -20))).toEqual(["unread zip-broken m.gz"]);
    expect(await found("m.7z", Buffer.from("377abcaf271c0004", "hex"))).toEqual(["unread not-looked-at m.7z"]);
  });
});

describe("ONNX file", () => {
  test("warns about custom operators by name", async () => {
    const value = (name: string) => tensorValue(name, "float32", [1]);
    const model = onnxModel({
      nodes: [node("Magic", ["x"], ["y"], "com.acme")],
      inputs: [value("x")],
      outputs: [value("y")],
      domains: { "com.acme": 1 },
    });
    const [finding] = await scan("m.onnx", model);
    expect(finding).toMatchObject({ severity: "warning", rule: "onnx-operators" });
    expect(finding?.words).toContain('Magic of "com.acme"');
  });

  test("reports weights outside the folder as dangerous, and a damaged file as unreadable", async () => {
    expect(await found("m.onnx", externalDataModel("../../etc/passwd"))).toEqual(["dangerous onnx-weights m.onnx"]);
    expect(await found("m.onnx", mlpModel([4, 3]).subarray(0, 50))).toEqual(["unread onnx-broken m.onnx"]);
  });
});

test("finds Keras Lambda layers, and flags HDF5 and machine code for review", async () => {
  const lambda = Buffer.from('{"layers": [{"class_name": "Lambda"}]}');
  expect(await found("m.keras", await zip({ "config.json": lambda }))).toEqual([
    "dangerous keras-lambda m.keras!/config.json",
  ]);
  const hdf5 = Buffer.from("894844460d0a1a0a", "hex");
  expect(await found("m.h5", Buffer.concat([hdf5, Buffer.alloc(2_000_000), lambda]))).toEqual([
    "dangerous keras-lambda m.h5",
  ]);
  expect(await found("m.h5", hdf5)).toEqual(["warning not-looked-at m.h5"]);
  expect(await found("op.so", Buffer.from("7f454c46", "hex"))).toEqual(["warning native-code op.so"]);
});

/** Creates a tar archive with one file. */
function tar(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(content.length.toString(8).padStart(11, "0"), 124);
  header.write("0", 156);
  header.write("ustar", 257);
  const padding = Buffer.alloc(512 - (content.length % 512) + 1024);
  return Buffer.concat([header, content, padding]);
}
