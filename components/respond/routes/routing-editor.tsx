"use client";

import { Button, Textarea } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useState } from "react";
import classes from "#components/alerting/alerts/alerts.module.css";
import type { ActionState } from "#components/ui/action-state.ts";
import { ConfirmWithReason } from "#components/ui/confirm-with-reason.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { Routing, SetRouting } from "#server/alerting/alerts/routing/contract.ts";
import { type ParseMatchers, RouteFields } from "./route-fields.tsx";
import own from "./routes.module.css";
import { type RoutingMistake, readRoutingText, routingText } from "./routing-text.ts";

interface RoutingEditorProps {
  routing: Routing;
  /** Revision that was loaded; a newer one causes a conflict. */
  revision: number;
  actorName: string;
  /** Names of receivers that there are. */
  receivers: readonly string[];
  parse: ParseMatchers;
  save: (input: SetRouting) => Promise<ActionState<unknown>>;
}

type View = "form" | "yaml" | "json";

/** Renders the complete routing, as a form or as text, saved with a reason. */
export function RoutingEditor({ routing: before, revision, actorName, receivers, parse, save }: RoutingEditorProps) {
  const router = useRouter();
  const [view, setView] = useState<View>("form");
  const [routing, setRouting] = useState(before);
  const [text, setText] = useState("");
  const [mistakes, setMistakes] = useState<RoutingMistake[]>([]);
  const [confirming, setConfirming] = useState(false);

  /** Returns the edited routing; undefined if it is invalid, in which case its mistakes are shown. */
  function read(): Routing | undefined {
    if (view === "form") return routing;
    const result = readRoutingText(text);
    setMistakes("mistakes" in result ? result.mistakes : []);
    return "routing" in result ? result.routing : undefined;
  }
  function show(next: View) {
    const current = read();
    if (!current) return;
    setRouting(current);
    if (next !== "form") setText(routingText(current, next));
    setView(next);
  }
  async function confirm(reason: string) {
    const { ok, error, fieldErrors } = await save({ routing, reason, revision });
    if (ok) {
      toast.done("Routes saved. Open alerts moved to their new groups.");
      router.push("/alerts/routes");
      return undefined;
    }
    return error ?? Object.entries(fieldErrors ?? {}).map(([field, words]) => `${field}: ${words}`)[0] ?? "Not saved.";
  }
  return (
    <div className={classes.form}>
      <Segmented<View>
        label="Edit as"
        value={view}
        onChange={show}
        options={[
          { value: "form", label: "Form" },
          { value: "yaml", label: "YAML" },
          { value: "json", label: "JSON" },
        ]}
      />
      {view === "form" ? (
        <RouteFields
          route={routing.root}
          receivers={receivers}
          parse={parse}
          intervals={routing.timeIntervals.map(({ name }) => name)}
          onChange={(root) => setRouting({ ...routing, root })}
        />
      ) : (
        <Textarea
          className={own.text ?? ""}
          label="Routes, inhibition rules and time intervals"
          autosize
          minRows={16}
          maxRows={40}
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={mistakes.length > 0 && <Mistakes mistakes={mistakes} />}
        />
      )}
      {view === "form" && (
        <p className="lw-small lw-quiet">Inhibition rules and time intervals are edited as YAML or JSON.</p>
      )}
      <div className={classes.buttons}>
        <Button
          onClick={() => {
            const current = read();
            if (!current) return;
            setRouting(current);
            setConfirming(true);
          }}
        >
          Save…
        </Button>
      </div>
      <ConfirmWithReason
        opened={confirming}
        onClose={() => setConfirming(false)}
        title="Save routes?"
        consequences={[
          { label: "Open alerts", value: "move to the groups of their new routes immediately" },
          { label: "Groups with unchanged key and receiver", value: "are not affected" },
          { label: "Undo", value: "restore an earlier revision" },
        ]}
        reasons={["New team", "New receiver", "Too noisy"]}
        confirmLabel="Save"
        cancelLabel="Cancel"
        actorName={actorName}
        onConfirm={confirm}
      />
    </div>
  );
}

function Mistakes({ mistakes }: { mistakes: readonly RoutingMistake[] }) {
  return (
    <>
      {mistakes.map(({ message, line }) => (
        <span style={{ display: "block" }} key={`${line} ${message}`}>
          {line !== undefined && `Line ${line}: `}
          {message}
        </span>
      ))}
    </>
  );
}
