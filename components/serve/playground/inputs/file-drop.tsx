"use client";

import { Checkbox } from "@mantine/core";
import { Dropzone, IMAGE_MIME_TYPE } from "@mantine/dropzone";
import { useEffect, useRef, useState } from "react";
import type { InputValue } from "#components/serve/tensors/elements.ts";
import type { ImageSpec } from "#components/serve/tensors/fields.ts";
import { invert, toTensor } from "#components/serve/tensors/image-tensor.ts";
import { plural } from "#components/ui/format.ts";
import { pixelsOfFile } from "./canvas-2d.ts";
import classes from "./file-drop.module.css";
import { usePastedPicture } from "./use-pasted-picture.ts";

interface FileDropProps {
  spec: ImageSpec;
  shape: number[];
  value: InputValue | undefined;
  onChange: (value: InputValue) => void;
}

interface Chosen {
  name: string;
  width: number;
  height: number;
  url: string;
}

const maxBytes = 20_000_000;

/** Renders an image that is dropped, pasted or selected; it is resized and converted to greyscale here, so that the file is never sent. */
export function FileDrop({ spec, shape, value, onChange }: FileDropProps) {
  const [chosen, setChosen] = useState<Chosen>();
  const [problem, setProblem] = useState<string>();
  const [isInverted, setIsInverted] = useState(false);
  const openPicker = useRef<() => void>(null);
  useEffect(() => () => URL.revokeObjectURL(chosen?.url ?? ""), [chosen]);

  async function take(file: File) {
    try {
      const pixels = await pixelsOfFile(file);
      const tensor = toTensor(pixels, spec, shape);
      setProblem(undefined);
      setChosen({ name: file.name, width: pixels.width, height: pixels.height, url: URL.createObjectURL(file) });
      onChange(isInverted ? invert(tensor, spec) : tensor);
    } catch {
      setProblem(`Cannot read ${file.name} as an image. Use PNG, JPEG, WebP or GIF.`);
    }
  }
  usePastedPicture(take);

  return (
    <div className={classes.root}>
      <Dropzone
        className={classes.drop}
        openRef={openPicker}
        accept={IMAGE_MIME_TYPE}
        maxFiles={1}
        maxSize={maxBytes}
        onDrop={([file]) => file && void take(file)}
        onReject={([rejection]) =>
          setProblem(
            rejection && rejection.file.size > maxBytes
              ? `${rejection.file.name} is larger than 20\u00a0MB.`
              : "Not an image. Use PNG, JPEG, WebP or GIF.",
          )
        }
        inputProps={{ "aria-label": "Image file" }}
      >
        {chosen ? (
          // biome-ignore lint/performance/noImgElement: a local preview, not an asset
          <img className={classes.picture} src={chosen.url} alt={`${chosen.name}, original`} />
        ) : null}
        <p className="lw-muted">
          {chosen ? "Drop another image here, paste it, or " : "Drop an image here, paste it, or "}
          <span className={classes.choose}>browse</span>
        </p>
      </Dropzone>
      {problem && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      {chosen && !problem && (
        <div className={classes.facts}>
          <code className="lw-truncate">{chosen.name}</code>
          <span className="lw-small lw-muted">
            {chosen.width} × {plural(chosen.height, "px", "px")}, resized to {spec.width} × {spec.height}
          </span>
        </div>
      )}
      {chosen && (
        <Checkbox
          size="xs"
          label="Invert colours"
          checked={isInverted}
          onChange={(event) => {
            setIsInverted(event.currentTarget.checked);
            if (value) onChange(invert(value, spec));
          }}
        />
      )}
    </div>
  );
}
