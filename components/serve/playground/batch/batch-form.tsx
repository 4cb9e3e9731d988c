"use client";

import { Button } from "@mantine/core";
import { Dropzone, type FileWithPath } from "@mantine/dropzone";
import { IconPlayerPlayFilled, IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { InputSpec, Values } from "#components/serve/tensors/elements.ts";
import type { Field } from "#components/serve/tensors/fields.ts";
import { formatCount, plural } from "#components/ui/format.ts";
import { maxBatchItems } from "#server/serve/playground/constants.ts";
import classes from "../inputs/file-drop.module.css";
import { type BatchSource, itemsOfPictures, pictureField } from "./batch-items.ts";
import { itemsOfTable } from "./table-items.ts";

interface BatchFormProps {
  fields: Field[];
  specs: InputSpec[];
  values: Values;
  busy: boolean;
  onStart: (source: BatchSource) => void;
  onCancel: () => void;
}

/** Renders the form for many images, or a table whose rows are inputs. */
export function BatchForm({ fields, specs, values, busy, onStart, onCancel }: BatchFormProps) {
  const [source, setSource] = useState<BatchSource>();
  const [problem, setProblem] = useState<string>();
  const picture = pictureField(fields);

  async function take(files: FileWithPath[]) {
    const [first] = files;
    if (!first) return;
    const isTable = /\.(csv|tsv|txt|parquet)$/i.test(first.name);
    const found =
      picture && !isTable
        ? itemsOfPictures(files, picture, specs, values)
        : await itemsOfTable(first, specs, fields, values);
    setProblem("problem" in found ? found.problem : undefined);
    setSource("problem" in found ? undefined : found);
  }
  return (
    <div className={classes.root}>
      <Dropzone
        className={classes.drop}
        onDrop={(files) => void take(files)}
        multiple={picture !== undefined}
        disabled={busy}
        inputProps={{ "aria-label": "Files of the batch" }}
      >
        <p className="lw-muted">
          {picture ? "Drop images here, or " : "Drop a CSV or Parquet file here, or "}
          <span className={classes.choose}>choose {picture ? "files" : "a file"}</span>
        </p>
      </Dropzone>
      <p className="lw-small lw-quiet">
        {picture
          ? "Other inputs keep their form values. A table with one column per pixel also works."
          : `A row for each request, a column for each input: ${fields
              .map(({ name }) => name)
              .slice(0, 4)
              .join(
                ", ",
              )}${fields.length > 4 ? ", …" : ""}. Inputs without a column stay as they are in the form.`}{" "}
        At most {formatCount(maxBatchItems)}.
      </p>
      {problem && (
        <p className={classes.problem} role="alert">
          {problem}
        </p>
      )}
      {busy ? (
        <Button variant="default" leftSection={<IconX size={15} stroke={1.8} aria-hidden="true" />} onClick={onCancel}>
          Cancel the batch
        </Button>
      ) : (
        <Button
          leftSection={<IconPlayerPlayFilled size={13} aria-hidden="true" />}
          disabled={!source}
          onClick={() => source && onStart(source)}
        >
          {source ? `Run ${plural(source.items.length, "item")} of ${source.name}` : "Run the batch"}
        </Button>
      )}
    </div>
  );
}
