import { NamedText } from "#components/ui/named-text.tsx";
import type { CheckResult } from "#server/watch/monitoring/integrity/contract.ts";
import { CheckStateBadge } from "./check-state.tsx";
import classes from "./integrity.module.css";

/** Checks one under the other: state, what was checked, and its sentence. */
export function CheckList({ label, checks }: { label: string; checks: readonly CheckResult[] }) {
  return (
    <ul className={classes.checks} aria-label={label}>
      {checks.map(({ check, feature, state, words, evidence }) => (
        <li key={`${check} ${feature} ${evidence.rule}`}>
          <CheckStateBadge state={state} />
          <div>
            <strong>{nameOf(check)}</strong>
            <p>
              <NamedText>{words}</NamedText>
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

function nameOf(check: string): string {
  return check.charAt(0).toUpperCase() + check.slice(1);
}
