"use client";

import { Dropzone, IMAGE_MIME_TYPE } from "@mantine/dropzone";
import { useState } from "react";
import type { InputValue } from "#components/serve/tensors/elements.ts";
import type { ImageSpec } from "#components/serve/tensors/fields.ts";
import { toPixels } from "#components/serve/tensors/image-tensor.ts";
import { Segmented } from "#components/ui/tabs.tsx";
import { DrawPad } from "./draw-pad.tsx";
import classes from "./file-drop.module.css";
import { usePastedPicture } from "./use-pasted-picture.ts";

interface PictureFieldProps {
  name: string;
  /** Whether the pipeline converts the image to greyscale, in which case drawing is useful. */
  isGrey: boolean;
  onChange: (value: InputValue) => void;
}

/** Base64 of it must fit into one request. */
const maxBytes = 10_000_000;
/** A drawing is sent as a PNG of this size, and the pipeline makes of it what it makes of any file. */
const drawn: ImageSpec = { width: 64, height: 64, channels: 1, layout: "NCHW", least: 0, most: 1, isInteger: false };

/** Renders an image file for the pipeline, dropped, pasted, selected or drawn; it is sent unchanged. */
export function PictureField({ name, isGrey, onChange }: PictureFieldProps) {
  const [way, setWay] = useState<"file" | "draw">(isGrey ? "draw" : "file");
  const [chosen, setChosen] = useState<{ name: string; url: string }>();
  const [problem, setProblem] = useState<string>();

  async function take(file: File) {
    const url = await dataUrlOf(file);
    setProblem(undefined);
    setChosen({ name: file.name, url });
    onChange({ shape: [1], data: [base64Of(url)] });
  }
  usePastedPicture(take);

  return (
    <div className={classes.root}>
      <Segmented
        label={`How ${name} is given`}
        value={way}
        onChange={setWay}
        options={[
          { value: "file", label: "File" },
          { value: "draw", label: "Draw" },
        ]}
      />
      {way === "draw" ? (
        <DrawPad
          spec={drawn}
          shape={[1, 1, drawn.height, drawn.width]}
          onChange={(value) => onChange({ shape: [1], data: [pngOf(value)] })}
        />
      ) : (
        <Dropzone
          className={classes.drop}
          accept={IMAGE_MIME_TYPE}
          maxFiles={1}
          maxSize={maxBytes}
          onDrop={([file]) => file && void take(file)}
          onReject={() => setProblem("Not an image, or larger than 10\u00a0MB. Use PNG, JPEG or WebP.")}
          inputProps={{ "aria-label": "Image file" }}
        >
          {chosen && (
            // biome-ignore lint/performance/noImgElement: a local preview, not an asset
            <img className={classes.picture} src={chosen.url} alt={`${chosen.name}, as sent`} />
          )}
          <p className="lw-muted">
            {chosen ? "Drop another image here, paste it, or " : "Drop an image here, paste it, or "}
            <span className={classes.choose}>browse</span>
          </p>
        </Dropzone>
      )}
      {problem && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

function dataUrlOf(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

function base64Of(dataUrl: string): string {
  return dataUrl.slice(dataUrl.indexOf(",") + 1);
}

/** Returns a drawing as a PNG in Base64. */
function pngOf(value: InputValue): string {
  const canvas = document.createElement("canvas");
  canvas.width = drawn.width;
  canvas.height = drawn.height;
  const { data, width, height } = toPixels(value, drawn);
  canvas.getContext("2d")?.putImageData(new ImageData(data, width, height), 0, 0);
  return base64Of(canvas.toDataURL("image/png"));
}
