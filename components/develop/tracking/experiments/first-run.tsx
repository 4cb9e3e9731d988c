"use client";

import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { ActionState } from "#components/ui/action-state.ts";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { FormProblem } from "#components/ui/form-problem.tsx";
import { Link } from "#components/ui/link.tsx";
import { useQuery } from "#components/ui/queries.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { type State, StatusShape } from "#components/ui/status-shape.tsx";
import { useAction } from "#components/ui/use-action.ts";
import { readJson } from "#components/ui/wire.ts";
import type { CreateToken, NewToken, Token } from "#server/platform/identity/contract.ts";
import classes from "./first-run.module.css";
import { FirstRunAside } from "./first-run-aside.tsx";
import { curlExample, exportsOf, pythonExample } from "./first-run-code.ts";

/** A token that may log runs. */
export interface TrackingToken {
  id: string;
  name: string;
  /** Epoch milliseconds. */
  createdAt: number;
}

interface FirstRunProps {
  /** Address that clients log to. */
  trackingUrl: string;
  experimentName: string;
  /** Undefined if logging the run creates the experiment. */
  experimentId?: number;
  /** The viewer's newest token that may log; undefined when there is none. */
  token: TrackingToken | undefined;
  createToken: (input: CreateToken) => Promise<ActionState<NewToken>>;
}

const newToken: CreateToken = { name: "First run", scopes: ["read", "tracking", "registry"], expiresInDays: 90 };

/** Renders the shortest way to log a run in three steps, with the real address and a token created here. The page turns into the runs. */
export function FirstRun({ trackingUrl, experimentName, experimentId, token: known, createToken }: FirstRunProps) {
  const { state, busy, run } = useAction(createToken);
  const [created, setCreated] = useState<NewToken>();
  const token = created
    ? { id: created.token.id, name: created.token.name, createdAt: new Date(created.token.createdAt).getTime() }
    : known;
  return (
    <div className={classes.page}>
      <div className={classes.steps}>
        <h2 className={classes.title}>Log the first run</h2>
        <p className="lw-muted">Two lines of shell and five of Python. Programs that log to MLflow work unchanged.</p>
        <Step number={1} title="Point MLflow at Leeway" hint="once per shell">
          <CodeBlock
            label="Shell"
            examples={[{ label: "Shell", code: exportsOf(trackingUrl, created?.secret).join("\n") }]}
          />
          <FormProblem state={state} />
          {created ? (
            <p className="lw-small lw-quiet">Copy the token now; it is not shown again. It expires in 90 days.</p>
          ) : (
            <p className={classes.line}>
              <Button
                size="xs"
                variant={known ? "default" : "filled"}
                aria-disabled={busy}
                onClick={() => run(newToken, setCreated)}
              >
                {busy ? "Creating…" : "Create a token here"}
              </Button>
              <span className="lw-small lw-quiet">
                {known ? (
                  <>
                    or use your token <strong>{known.name}</strong>; its value was shown once when it was created.
                  </>
                ) : (
                  <>
                    or choose its scopes under <Link href="/settings/tokens">Tokens</Link>.
                  </>
                )}
              </span>
            </p>
          )}
        </Step>
        <Step number={2} title="Log a metric">
          <CodeBlock
            label="Log your first run with"
            examples={[
              { label: "Python", code: pythonExample(experimentName).join("\n") },
              { label: "curl", code: curlExample(trackingUrl, experimentName, experimentId).join("\n") },
            ]}
          />
          <p className="lw-small lw-quiet">
            Names before a slash become sections of charts. Runs that differ only in <code>seed</code> become one line
            with a band.
          </p>
        </Step>
        <Step number={3} title="Waiting for the first run" hint="this page opens the run when it arrives">
          <Checks trackingUrl={trackingUrl} token={token} />
        </Step>
      </div>
      <FirstRunAside />
    </div>
  );
}

interface StepProps {
  number: number;
  title: string;
  hint?: string;
  children: ReactNode;
}

function Step({ number, title, hint, children }: StepProps) {
  return (
    <section className={classes.step} aria-label={title}>
      <span className={classes.number} aria-hidden="true">
        {number}
      </span>
      <div className={classes.content}>
        <h3 className={classes.name}>
          {title} {hint && <span className={classes.hint}>{hint}</span>}
        </h3>
        {children}
      </div>
    </section>
  );
}

const pollMs = 3_000;

/** Renders what is already known to work, asked again every three seconds. */
function Checks({ trackingUrl, token }: Pick<FirstRunProps, "trackingUrl" | "token">) {
  const address = useQuery({
    queryKey: ["first-run", "address", trackingUrl],
    queryFn: async () => {
      const { origin } = new URL(trackingUrl);
      // Browsers may not ask another origin.
      if (origin !== window.location.origin) return { otherOrigin: window.location.origin };
      const startedAt = performance.now();
      const response = await fetch("/health/live", { cache: "no-store" });
      if (!response.ok) throw new Error(`status ${response.status}`);
      return { ms: Math.max(1, Math.round(performance.now() - startedAt)) };
    },
    refetchInterval: 10 * pollMs,
    retry: false,
  });
  const usage = useQuery({
    queryKey: ["first-run", "token", token?.id],
    queryFn: () => readJson<Token>(`/api/v1/tokens/${token?.id}`),
    enabled: token !== undefined,
    refetchInterval: pollMs,
    retry: false,
  });
  const host = new URL(trackingUrl).host;
  const usedAt = usage.data?.lastUsedAt;
  return (
    <div className={classes.checks}>
      <p className={classes.check}>
        <StatusBadge state="running" filled>
          Listening
        </StatusBadge>
        <span>No run yet.</span>
        <span className={classes.right}>
          <Link href="/settings/tokens">Tokens</Link>
        </span>
      </p>
      {address.data && "otherOrigin" in address.data ? (
        <Check state="no-data" right={`not tested: this browser uses ${address.data.otherOrigin}`}>
          Clients use {host}
        </Check>
      ) : address.error ? (
        <Check state="missed" right={address.error.message}>
          {host} does not respond
        </Check>
      ) : (
        <Check
          state={address.data ? "finished" : "not-started"}
          right={address.data && `${address.data.ms} ms from this browser`}
        >
          {address.data ? `${host} responds` : `Asking ${host}…`}
        </Check>
      )}
      {token ? (
        <Check
          state="finished"
          right={
            <>
              created <RelativeTime at={token.createdAt} />
            </>
          }
        >
          Token {token.name} may log to this workspace
        </Check>
      ) : (
        <Check state="not-started" right="create one in step 1">
          You have no token that can log runs yet
        </Check>
      )}
      <Check
        state={usedAt ? "finished" : "not-started"}
        right={
          usedAt ? (
            <>
              last used <RelativeTime at={new Date(usedAt).getTime()} />
            </>
          ) : (
            token && "checked every 3 s"
          )
        }
      >
        {usedAt ? "A request with this token arrived" : "No request with this token yet"}
      </Check>
    </div>
  );
}

function Check({ state, right, children }: { state: State; right?: ReactNode; children: ReactNode }) {
  return (
    <p className={classes.check}>
      <StatusShape state={state} />
      <span>{children}</span>
      <span className={classes.right}>{right}</span>
    </p>
  );
}
