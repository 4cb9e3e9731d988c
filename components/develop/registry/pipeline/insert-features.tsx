"use client";

import { Button, NativeSelect } from "@mantine/core";
import { useEffect, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { helpHref } from "#components/ui/help-target.ts";
import { Link } from "#components/ui/link.tsx";
import type { ProposedFeatures } from "#server/develop/registry/pipeline/contract.ts";
import { withFeatures } from "./edited-text.ts";
import classes from "./pipeline-panel.module.css";

interface InsertFeaturesProps {
  propose: () => Promise<ActionState<ProposedFeatures[]>>;
  /** The pipeline as it is being edited. */
  text: string;
  onInsert: (text: string) => void;
}

/** Inserts a part that looks up features by key, and explains what can be set in it. */
export function InsertFeatures({ propose, text, onInsert }: InsertFeaturesProps) {
  const [proposed, setProposed] = useState<readonly ProposedFeatures[]>();
  const [chosen, setChosen] = useState(0);
  const [said, setSaid] = useState("");
  const choice = proposed?.[chosen];
  useEffect(() => {
    let isCurrent = true;
    const show = (parts: readonly ProposedFeatures[] | undefined) => {
      if (!isCurrent) return;
      setProposed(parts);
      if (!parts) setSaid("Could not load services and views. Close and reopen this dialog.");
    };
    propose().then(
      ({ data }) => show(data),
      () => show(undefined),
    );
    return () => {
      isCurrent = false;
    };
  }, [propose]);
  function insert() {
    const next = choice && withFeatures(text, choice.before);
    if (next !== undefined) onInsert(next);
    setSaid(
      next === undefined
        ? "Nothing inserted: the text below is not a JSON object. Fix it first."
        : `${choice?.source} inserted. Change its settings below.`,
    );
  }
  return (
    <div className={classes.features}>
      <div className={classes.insert}>
        <NativeSelect
          label="Features by key"
          description={
            proposed?.length === 0
              ? "No feature service or view matches the inputs of this model."
              : "Clients send keys, and Leeway looks up the features."
          }
          data={(proposed ?? []).map(({ source }, index) => ({ value: String(index), label: source }))}
          value={String(chosen)}
          onChange={(event) => setChosen(Number(event.currentTarget.value))}
          disabled={!choice}
        />
        <Button variant="default" onClick={insert} disabled={!choice}>
          Insert
        </Button>
      </div>
      <p className="lw-small" role="status">
        {said}
      </p>
      <details>
        <summary className="lw-small">Settings of features by key</summary>
        <dl className={classes.settings}>
          {settings.map(({ name, sentence }) => (
            <div key={name}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd>{sentence}</dd>
            </div>
          ))}
        </dl>
        <p className="lw-small">
          <Link href={helpHref("feature-store#features-by-key-at-the-gateway")} target="_blank">
            Features by key in the guide (new tab)
          </Link>
        </p>
      </details>
    </div>
  );
}

const settings = [
  { name: "service, features", sentence: 'A feature service, or a list of references: "view:feature".' },
  { name: "keys", sentence: "The request input for each key. Defaults to an input with the key's name." },
  {
    name: "policy",
    sentence:
      'How to handle values that are too old ("stale"), null or not found in time ("missing"), or whose key was never written ("unknown"): "reject" rejects the request, "impute" uses the default, "flag" passes them to the model.',
  },
  {
    name: "defaults",
    sentence:
      'Value that "impute" uses, by column. Defaults to the median or the most frequent level of the version\'s reference.',
  },
  { name: "override", sentence: "Whether requests may contain these features. Their values then replace the look-up." },
  { name: "withinMs", sentence: "Milliseconds to wait for the feature store. After that, values count as missing." },
];
