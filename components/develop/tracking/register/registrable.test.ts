import { expect, test } from "vitest";
import type { LoggedModel } from "#server/develop/tracking/models/contract.ts";
import { listRegistrable } from "./registrable.ts";

const model = (id: string, status = "LOGGED_MODEL_READY") =>
  ({ id, name: `model ${id}`, modelType: "", status }) as LoggedModel;
const file = (path: string) => ({ path, sizeBytes: 1 });

test("lists ready models, the newest first, then folders and ONNX files outside of them", () => {
  const found = listRegistrable(
    [model("m-1"), model("m-2"), model("m-3", "LOGGED_MODEL_PENDING")],
    [file("export/a.onnx"), file("model/MLmodel"), file("model/model.onnx"), file("notes.txt")],
  );
  expect(found.map(({ key }) => key)).toEqual(["m-2", "m-1", "model", "export/a.onnx"]);
  expect(found[0]?.source).toEqual({ loggedModelId: "m-2" });
  expect(found[2]?.source).toEqual({ path: "model" });
});
