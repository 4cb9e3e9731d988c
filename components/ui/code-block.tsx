"use client";

import { useState } from "react";
import classes from "./code-block.module.css";
import { CopyButton } from "./copy-button.tsx";
import { Segmented } from "./tabs.tsx";

export interface CodeExample {
  /** "curl", "Python". */
  label: string;
  code: string;
}

/** Renders code to copy; with several examples, a choice above them. */
export function CodeBlock({ examples, label = "Example" }: { examples: CodeExample[]; label?: string }) {
  const [chosen, setChosen] = useState(examples[0]?.label ?? "");
  const example = examples.find((each) => each.label === chosen) ?? examples[0];
  if (!example) return null;
  return (
    <div className={classes.root}>
      <div className={classes.head}>
        {examples.length > 1 ? (
          <Segmented
            label={label}
            value={example.label}
            onChange={setChosen}
            options={examples.map((each) => ({ value: each.label, label: each.label }))}
          />
        ) : (
          <span className="lw-small lw-quiet">{example.label}</span>
        )}
        <CopyButton value={example.code} label={`Copy the ${example.label} example`} withWord />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is long is scrolled by keys */}
      <pre className={classes.code} tabIndex={0}>
        {example.code}
      </pre>
    </div>
  );
}
