"use client";

import { IconDatabase, IconPencil, IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import type { InputValue } from "#components/serve/tensors/elements.ts";
import type { Field } from "#components/serve/tensors/fields.ts";
import { TensorImage } from "#components/serve/tensors/tensor-image.tsx";
import { nbsp } from "#components/ui/format.ts";
import { Segmented } from "#components/ui/tabs.tsx";
import { DrawPad } from "./draw-pad.tsx";
import { FileDrop } from "./file-drop.tsx";
import classes from "./image-field.module.css";
import { PixelGrid } from "./pixel-grid.tsx";
import { type Sample, SamplePicker } from "./sample-picker.tsx";

export type ImageFieldSpec = Extract<Field, { kind: "image" }>;

interface ImageFieldProps {
  field: ImageFieldSpec;
  value: InputValue | undefined;
  onChange: (value: InputValue) => void;
  samples: Sample[];
  onSample: (sample: Sample) => void;
}

type Way = "file" | "draw" | "production";

/** Larger pictures are not edited pixel by pixel. */
const maxGridSide = 32;

/** Renders an image from a file, a drawing or production, and the image that the model receives. */
export function ImageField({ field, value, onChange, samples, onSample }: ImageFieldProps) {
  const { image, shape } = field;
  const [way, setWay] = useState<Way>(image.channels === 1 && image.width <= 64 ? "draw" : "file");
  const ways = [
    { value: "file" as const, label: label(IconUpload, "File") },
    ...(image.channels === 1 ? [{ value: "draw" as const, label: label(IconPencil, "Draw") }] : []),
    ...(samples.length > 0
      ? [{ value: "production" as const, label: label(IconDatabase, "From prediction log") }]
      : []),
  ];
  return (
    <div className={classes.root}>
      <Segmented label={`Input method for ${field.name}`} value={way} onChange={setWay} options={ways} />
      {way === "file" && <FileDrop spec={image} shape={shape} value={value} onChange={onChange} />}
      {way === "draw" && <DrawPad spec={image} shape={shape} onChange={onChange} />}
      {way === "production" && <SamplePicker samples={samples} field={field} onChoose={onSample} />}
      {value && value.shape[0] === 1 && (
        <div className={classes.seen}>
          {image.channels === 1 && Math.max(image.width, image.height) <= maxGridSide ? (
            <PixelGrid value={value} spec={image} size={84} onChange={onChange} />
          ) : (
            <TensorImage value={value} spec={image} size={84} alt={`${field.name} as received by the model`} />
          )}
          <div>
            <strong>Model input</strong>
            <p className="lw-small lw-muted">
              {image.width} × {image.height} {nbsp}px, {image.channels === 1 ? "greyscale" : "colour"}, values{" "}
              {image.least} to {image.most}. {way === "draw" && ` Runs 150${nbsp}ms after each stroke.`}
            </p>
          </div>
        </div>
      )}
    </div>
  );
}

function label(Icon: typeof IconUpload, word: string) {
  return (
    <span className={classes.way}>
      <Icon size={15} stroke={1.8} aria-hidden="true" /> {word}
    </span>
  );
}
