import { expect, test } from "vitest";
import { mediaAt, mediaNames, mediaOf, readMediaFile } from "./media-files.ts";

const at = (step: number, time: number, mark = "%") =>
  `images/val#examples${mark}step${mark}${step}${mark}timestamp${mark}${time}${mark}g1b2-c3.png`;

test("reads name and step of images that MLflow logged", () => {
  expect(readMediaFile(at(12, 1_700_000_000_000))).toMatchObject({ name: "val/examples", step: 12 });
  expect(readMediaFile(at(3, 17, "+"))).toMatchObject({ name: "val/examples", step: 3 });
  expect(readMediaFile("images/a%step%1%timestamp%2%g1%compressed.webp")).toBeUndefined();
});

test("reads the step of other images from the number at the end of their name", () => {
  expect(readMediaFile("media/val_examples/epoch_12.png")).toMatchObject({ name: "media/val_examples", step: 12 });
  expect(readMediaFile("samples/grid-000100.jpg")).toMatchObject({ name: "samples/grid", step: 100 });
});

test.each(["model/MLmodel", "media/12.txt", "12.png", "plots/confusion.png", "images/a%step%x.png"])(
  "finds no step in %s",
  (path) => {
    expect(readMediaFile(path)).toBeUndefined();
  },
);

test("lists the images of a name by step and time, and finds those at a step", () => {
  const paths = [at(8, 5), at(2, 4), "notes.txt", at(2, 3), "media/x/1.png"];
  expect(mediaNames(paths)).toEqual(["media/x", "val/examples"]);
  const files = mediaOf(paths, "val/examples");
  expect(files.map(({ path }) => path)).toEqual([at(2, 3), at(2, 4), at(8, 5)]);
  expect(mediaAt(files, 7).map(({ path }) => path)).toEqual([at(2, 3), at(2, 4)]);
  expect(mediaAt(files, 8).map(({ path }) => path)).toEqual([at(8, 5)]);
  expect(mediaAt(files, 1)).toEqual([]);
});
