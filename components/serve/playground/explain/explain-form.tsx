"use client";

import { Button, NumberInput, Select } from "@mantine/core";
import { IconBulb, IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { ExplanationSettings } from "#server/serve/explain/contract.ts";
import classes from "./explain-form.module.css";

interface ExplainFormProps {
  /** Pictures are explained by hiding parts, rows by features. */
  method: "occlusion" | "shapley";
  /** Whether coalitions are sampled because there are too many features to evaluate all. */
  isSampled: boolean;
  labels: string[] | undefined;
  /** Names of datasets that rows can be drawn from. */
  datasets: string[];
  /** Whether requests of the model have been logged. */
  isRecorded: boolean;
  busy: boolean;
  /** Reason why nothing can be explained now. */
  why: string | undefined;
  onExplain: (settings: ExplanationSettings, element: number | undefined) => void;
  onCancel: () => void;
}

const baselines = [
  { value: "mean", label: "mean colour" },
  { value: "blur", label: "blurred image" },
];

/** Edits the settings of an explanation; it needs no gradients, only many predictions. */
export function ExplainForm({
  method,
  isSampled,
  labels,
  busy,
  why,
  onExplain,
  onCancel,
  ...sources
}: ExplainFormProps) {
  const [element, setElement] = useState("");
  const [patch, setPatch] = useState<number | string>("");
  const [stride, setStride] = useState<number | string>("");
  const [baseline, setBaseline] = useState<"mean" | "blur">("mean");
  const backgrounds = backgroundsOf(sources);
  const [background, setBackground] = useState(backgrounds[0]?.value ?? "zero");
  const [pairs, setPairs] = useState<number | string>(64);

  function settings(): ExplanationSettings {
    if (method === "occlusion") return { method, baseline, patch: toInteger(patch), stride: toInteger(stride) };
    return { method, background: choiceOf(background), pairs: toInteger(pairs) ?? 64, seed: 1 };
  }
  const common = { allowDeselect: false, comboboxProps: { width: "max-content", position: "bottom-start" as const } };
  return (
    <div className={classes.root}>
      <h3 className={classes.title}>Explain prediction</h3>
      <div className={classes.fields}>
        <Select
          {...common}
          label="What"
          data={[
            { value: "", label: "top class" },
            ...(labels ?? []).map((label, at) => ({ value: String(at), label })),
          ]}
          value={element}
          onChange={(value) => setElement(value ?? "")}
        />
        {method === "occlusion" ? (
          <>
            <Select
              {...common}
              label="Occlude with"
              data={baselines}
              value={baseline}
              onChange={(value) => setBaseline(value === "blur" ? "blur" : "mean")}
            />
            <NumberInput
              label="Patch size"
              placeholder="1/7 of the image"
              suffix=" px"
              min={1}
              max={4096}
              value={patch}
              onChange={setPatch}
              allowDecimal={false}
            />
            <NumberInput
              label="Step"
              placeholder="half the patch size"
              suffix=" px"
              min={1}
              max={4096}
              value={stride}
              onChange={setStride}
              allowDecimal={false}
            />
          </>
        ) : (
          <>
            <Select
              {...common}
              label="Compared with"
              data={backgrounds}
              value={background}
              onChange={(value) => value && setBackground(value)}
            />
            {isSampled && (
              <NumberInput
                label="Permutation pairs"
                description="higher is more accurate"
                min={8}
                max={1000}
                value={pairs}
                onChange={setPairs}
                allowDecimal={false}
              />
            )}
          </>
        )}
      </div>
      <div className={classes.actions}>
        {busy ? (
          <Button
            variant="default"
            leftSection={<IconX size={15} stroke={1.8} aria-hidden="true" />}
            onClick={onCancel}
          >
            Cancel
          </Button>
        ) : (
          <Button
            variant="default"
            leftSection={<IconBulb size={15} stroke={1.8} aria-hidden="true" />}
            disabled={why !== undefined}
            onClick={() => onExplain(settings(), toInteger(element))}
          >
            Explain
          </Button>
        )}
        <span className="lw-small lw-quiet">{why ?? words[method]}</span>
      </div>
    </div>
  );
}

const words = {
  occlusion: "Occludes one patch after another and compares predictions.",
  shapley: "Replaces features with values from other rows and compares predictions.",
};

function backgroundsOf({ datasets, isRecorded }: { datasets: string[]; isRecorded: boolean }) {
  return [
    ...(isRecorded
      ? [
          { value: "recorded rows", label: "recorded requests" },
          { value: "recorded mean", label: "mean of recorded requests" },
        ]
      : []),
    { value: "zero", label: "all zeros" },
    ...datasets.flatMap((name) => [
      { value: `dataset rows ${name}`, label: `rows of ${name}` },
      { value: `dataset mean ${name}`, label: `mean of ${name}` },
    ]),
  ];
}

function choiceOf(value: string): Extract<ExplanationSettings, { method: "shapley" }>["background"] {
  const [from, as, ...rest] = value.split(" ");
  const which = as === "mean" ? "mean" : "rows";
  if (from === "recorded") return { from, as: which };
  if (from === "dataset") return { from, as: which, dataset: rest.join(" ") };
  return { from: "zero" };
}

function toInteger(value: number | string): number | undefined {
  return value === "" || !Number.isInteger(Number(value)) ? undefined : Number(value);
}
