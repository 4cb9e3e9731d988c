"use client";

import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useRouter } from "next/navigation";
import { type SubmitEvent, useState } from "react";
import { formatAbsolute } from "#components/ui/format-time.ts";
import { useHydrated } from "#components/ui/now.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { AliasAt } from "#server/develop/registry/aliases/contract.ts";
import classes from "./alias-history.module.css";
import { aliasAtSentence, changeSentence } from "./alias-history-text.ts";

interface AliasLookupProps {
  modelName: string;
  /** Every alias the model ever had. */
  aliases: string[];
  /** Result of the lookup in the address. */
  result?: AliasAt | undefined;
}

/** Renders the lookup "What was champion at that time?". The address stores it, in absolute time. */
export function AliasLookup({ modelName, aliases, result }: AliasLookupProps) {
  const router = useRouter();
  const hydrated = useHydrated();
  const zone = hydrated ? undefined : "UTC";
  const requested = result && hydrated ? localInput(new Date(result.at)) : "";
  const [problem, setProblem] = useState<string>();

  function request(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const at = new Date(String(form.get("at")));
    if (Number.isNaN(at.getTime())) {
      setProblem("Enter a date and a time.");
      return;
    }
    setProblem(undefined);
    const query = new URLSearchParams({ view: "aliases", alias: String(form.get("alias")), at: at.toISOString() });
    router.push(`/models/${encodeURIComponent(modelName)}?${query}`, { scroll: false });
  }
  return (
    <Panel title="Point-in-time lookup" subtitle="which version an alias pointed to">
      <form className={classes.form} onSubmit={request}>
        <NativeSelect
          label="Alias"
          name="alias"
          data={aliases}
          {...(result && aliases.includes(result.alias) && { defaultValue: result.alias })}
        />
        <TextInput
          label="At"
          name="at"
          type="datetime-local"
          step={1}
          defaultValue={requested}
          error={problem}
          key={requested}
        />
        <div>
          <Button type="submit" variant="default">
            Look up
          </Button>
        </div>
        {result && (
          <output className={classes.answer}>
            <strong>{aliasAtSentence(result)}</strong>
            <span className="lw-small lw-muted">at {formatAbsolute(result.at, zone)}</span>
            {result.since && (
              <span className="lw-small lw-muted">
                {changeSentence(result.since)}, <RelativeTime at={result.since.at} />, {result.since.actorName}
              </span>
            )}
          </output>
        )}
      </form>
    </Panel>
  );
}

/** Formats a moment for a field of type datetime-local: "2026-05-04T03:12:00". */
function localInput(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
