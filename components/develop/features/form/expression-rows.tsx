"use client";

import { ActionIcon, Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { type FeatureType, featureTypes } from "#server/develop/features/contract.ts";
import { type Complaints, type ExpressionDraft, newExpression } from "./view-draft.ts";
import classes from "./view-form.module.css";

/** What a check of an expression says. */
interface CheckedCel {
  /** Columns that it reads; null for a mistake. */
  reads: string[] | null;
  problem: string | null;
  /** Character of the mistake, counted from 1; null if it has no place. */
  column: number | null;
}

export type CheckCel = (input: {
  cel: string;
  columns: Record<string, FeatureType>;
  type: FeatureType;
}) => Promise<ActionState<CheckedCel>>;

interface ExpressionRowsProps {
  expressions: ExpressionDraft[];
  complaints: Complaints;
  /** Types of what an expression can read. */
  columnsOf: (expression: ExpressionDraft) => Record<string, FeatureType>;
  check: CheckCel;
  onChange: (expressions: ExpressionDraft[]) => void;
}

/** Renders the expressions of a view as fields, each checked while it is written. */
export function ExpressionRows({ expressions, complaints, columnsOf, check, onChange }: ExpressionRowsProps) {
  return (
    <>
      {expressions.map((expression) => (
        <ExpressionRow
          expression={expression}
          columns={columnsOf(expression)}
          inputsError={complaints[`expression ${expression.key} inputs`]}
          check={check}
          onChange={(next) => onChange(expressions.map((one) => (one.key === next.key ? next : one)))}
          onRemove={() => onChange(expressions.filter(({ key }) => key !== expression.key))}
          key={expression.key}
        />
      ))}
      <div className={classes.add}>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} stroke={1.8} aria-hidden="true" />}
          onClick={() => onChange([...expressions, newExpression()])}
        >
          Add expression
        </Button>
      </div>
    </>
  );
}

interface ExpressionRowProps {
  expression: ExpressionDraft;
  columns: Record<string, FeatureType>;
  inputsError: string | undefined;
  check: CheckCel;
  onChange: (expression: ExpressionDraft) => void;
  onRemove: () => void;
}

function ExpressionRow({ expression, columns, inputsError, check, onChange, onRemove }: ExpressionRowProps) {
  const { name, type, at, cel, inputs } = expression;
  const label = name || "New expression";
  const checked = useCheck(check, { cel, columns, type });
  return (
    <div className={classes.expression}>
      <div className={classes.expressionHead}>
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => onChange({ ...expression, name: event.currentTarget.value })}
          autoComplete="off"
          spellCheck={false}
        />
        <NativeSelect
          label="Type"
          data={[...featureTypes]}
          value={type}
          onChange={(event) => onChange({ ...expression, type: event.currentTarget.value as FeatureType })}
        />
        <NativeSelect
          label="Evaluated"
          data={[
            { value: "arrival", label: "at arrival" },
            { value: "look-up", label: "at look-up" },
          ]}
          value={at}
          onChange={(event) => onChange({ ...expression, at: event.currentTarget.value as ExpressionDraft["at"] })}
        />
        <ActionIcon variant="subtle" aria-label={`Remove ${label}`} onClick={onRemove}>
          <IconX size={15} stroke={1.8} />
        </ActionIcon>
      </div>
      <Textarea
        className={classes.cel ?? ""}
        label="Expression (CEL)"
        placeholder="double(trips) / hours"
        autosize
        minRows={1}
        maxRows={8}
        value={cel}
        onChange={(event) => onChange({ ...expression, cel: event.currentTarget.value })}
        spellCheck={false}
      />
      <CheckResult cel={cel} checked={checked} />
      {at === "look-up" && (
        <Textarea
          className={classes.cel ?? ""}
          label="Features of other views"
          description="One per line: name = view:feature"
          autosize
          minRows={1}
          maxRows={6}
          value={inputs}
          error={inputsError}
          onChange={(event) => onChange({ ...expression, inputs: event.currentTarget.value })}
          spellCheck={false}
        />
      )}
    </div>
  );
}

const delayMs = 350;

/** Checks an expression once it has not changed for a moment. */
function useCheck(check: CheckCel, input: Parameters<CheckCel>[0]): CheckedCel | undefined {
  const [result, setResult] = useState<{ of: string; checked: CheckedCel }>();
  const of = JSON.stringify(input);
  useEffect(() => {
    const wanted = JSON.parse(of) as typeof input;
    if (wanted.cel.trim() === "") return undefined;
    let isCurrent = true;
    const timer = setTimeout(async () => {
      // Without an answer nothing is said; saving checks it again.
      const answer = await check(wanted).catch(() => undefined);
      if (isCurrent && answer?.ok && answer.data) setResult({ of, checked: answer.data });
    }, delayMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [of, check]);
  return result?.of === of ? result.checked : undefined;
}

function CheckResult({ cel, checked }: { cel: string; checked: CheckedCel | undefined }) {
  if (!checked || cel.trim() === "") return <div role="status" />;
  const { problem, column, reads } = checked;
  if (problem === null) {
    return (
      <div role="status">
        <StatusBadge state="on-target">{reads && reads.length > 0 ? `reads ${reads.join(", ")}` : "valid"}</StatusBadge>
      </div>
    );
  }
  const at = column === null ? undefined : column - 1;
  return (
    <div className={classes.mistake} role="status">
      <span>{at === undefined ? problem : `Character ${at + 1}: ${problem}`}</span>
      {at !== undefined && (
        <pre>
          {cel.slice(0, at)}
          <mark>{cel.slice(at, at + 1) || " "}</mark>
          {cel.slice(at + 1)}
        </pre>
      )}
    </div>
  );
}
